// What an Inbox has on disk: each sendout as its message, the bytes in pieces below the limit of one value.

import * as v from "valibot";
import { IngestMessageSchema, type IngestMessage } from "../routing/message.ts";
import type { InboxState } from "./inbox.ts";

/** A value of the storage holds 2 MB (https://developers.cloudflare.com/durable-objects/platform/limits/). */
const PIECE_BYTES_MAX = 1_900_000;

/** The sendouts of one object. Instants are milliseconds since 1970. */
export interface KeptSendouts {
  insert(message: IngestMessage, dueAt: number): void;
  delete(acceptedIds: readonly string[]): void;
  /** Those that are due, the longest due first. They are due again at `again`, so that a crash loses none. */
  takeDue(now: number, limit: number, again: number): IngestMessage[];
  /** Makes sendouts due at another time. */
  putOff(acceptedIds: readonly string[], dueAt: number): void;
  /** Makes everything due. */
  hurry(now: number): void;
  nextDue(): number | undefined;
  state(): InboxState;
}

/** The sendouts in an object's storage. */
export function createKeptSendouts(sql: SqlStorage): KeptSendouts {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, due_at INTEGER NOT NULL, message TEXT NOT NULL) WITHOUT ROWID",
  );
  sql.exec(
    "CREATE TABLE IF NOT EXISTS pieces (id TEXT, piece INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (id, piece)) WITHOUT ROWID",
  );
  const read = (id: string, json: string): IngestMessage => {
    const pieces = sql
      .exec<{ bytes: ArrayBuffer }>("SELECT bytes FROM pieces WHERE id = ? ORDER BY piece", id)
      .toArray();
    const bytes = join(pieces.map((row) => new Uint8Array(row.bytes)));
    const { content, ...message } = JSON.parse(json) as Omit<IngestMessage, "content"> & { content: object }; // ours
    return v.parse(IngestMessageSchema, { ...message, content: { bytes, ...content } });
  };
  return {
    insert(message, dueAt) {
      const { content, ...rest } = message;
      const known = sql.exec("SELECT 1 FROM kept WHERE id = ?", message.acceptedId).toArray().length > 0;
      if (known) return;
      const described = content.as === "claim" ? content : { as: content.as };
      for (const [piece, bytes] of content.as === "claim" ? [] : split(content.bytes).entries()) {
        sql.exec("INSERT INTO pieces (id, piece, bytes) VALUES (?, ?, ?)", message.acceptedId, piece, bytes);
      }
      const json = JSON.stringify({ ...rest, content: described });
      sql.exec("INSERT INTO kept (id, due_at, message) VALUES (?, ?, ?)", message.acceptedId, dueAt, json);
    },
    delete(acceptedIds) {
      const ids = JSON.stringify(acceptedIds);
      sql.exec("DELETE FROM kept WHERE id IN (SELECT value FROM json_each(?))", ids);
      sql.exec("DELETE FROM pieces WHERE id IN (SELECT value FROM json_each(?))", ids);
    },
    takeDue(now, limit, again) {
      const rows = sql
        .exec<{ id: string; message: string }>(
          "SELECT id, message FROM kept WHERE due_at <= ? ORDER BY due_at, id LIMIT ?",
          now,
          limit,
        )
        .toArray();
      for (const { id } of rows) sql.exec("UPDATE kept SET due_at = ? WHERE id = ?", again, id);
      return rows.map(({ id, message }) => read(id, message));
    },
    putOff(acceptedIds, dueAt) {
      if (acceptedIds.length === 0) return;
      const ids = JSON.stringify(acceptedIds);
      sql.exec("UPDATE kept SET due_at = ? WHERE id IN (SELECT value FROM json_each(?))", dueAt, ids);
    },
    hurry(now) {
      sql.exec("UPDATE kept SET due_at = ? WHERE due_at > ?", now, now);
    },
    nextDue() {
      return sql.exec<{ at: number | null }>("SELECT min(due_at) AS at FROM kept").one().at ?? undefined;
    },
    state() {
      const { count, first } = sql
        .exec<{ count: number; first: string | null }>("SELECT count(*) AS count, min(id) AS first FROM kept")
        .one();
      // An accepted id begins with its time in hexadecimal milliseconds.
      return { count, oldest: first === null ? null : Number.parseInt(first.slice(4, 16), 16) };
    },
  };
}

function split(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.max(Math.ceil(bytes.length / PIECE_BYTES_MAX), 1);
  return Array.from({ length: count }, (_, piece) =>
    bytes.slice(piece * PIECE_BYTES_MAX, (piece + 1) * PIECE_BYTES_MAX),
  );
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
