#!/bin/sh
# Stands in for workerd: becomes it, and ends it within a second when the Node process that started it is gone, even by
# SIGKILL. Otherwise an orphan would go on holding the port.
router=$PPID
workerd=$$
(
  while kill -0 "$router" && kill -0 "$workerd"; do sleep 1; done
  kill -9 "$workerd"
) </dev/null >/dev/null 2>&1 3>&- &
exec "$SIGNALBOX_WORKERD" "$@"
