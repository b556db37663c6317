// Every page: where it is, what it is called, which key goes there, and the part of the program that is loaded for it.

import {
  Activity,
  ArrowRightLeft,
  CirclePause,
  Hammer,
  Inbox,
  ListRestart,
  Settings,
  ShieldAlert,
  Siren,
  Waypoints,
  type LucideIcon,
} from "lucide-preact";
import type { ComponentType } from "preact";

/** A page of the dashboard. */
export interface PageEntry {
  path: string;
  /** Whether what stands below the path is the same page's. */
  isPrefix?: boolean;
  title: string;
  icon: LucideIcon;
  /** The second key after `g`. */
  key: string;
  group: keyof typeof GROUPS;
  load: () => Promise<ComponentType>;
}

/** Headings of the navigation's groups. */
export const GROUPS = { watch: "Watch", build: "Build", repair: "Repair", run: "Run" } as const;

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  {
    path: "/",
    title: "Overview",
    icon: Activity,
    key: "o",
    group: "watch",
    load: async () => (await import("../pages/overview/overview.tsx")).Overview,
  },
  {
    path: "/sendouts",
    isPrefix: true,
    title: "Sendouts",
    icon: Inbox,
    key: "s",
    group: "watch",
    load: async () => (await import("../pages/sendouts/sendouts.tsx")).Sendouts,
  },
  {
    path: "/incidents",
    title: "Incidents",
    icon: Siren,
    key: "i",
    group: "watch",
    load: async () => (await import("../pages/incidents/incidents.tsx")).Incidents,
  },
  {
    path: "/table",
    isPrefix: true,
    title: "Routes and targets",
    icon: Waypoints,
    key: "t",
    group: "build",
    load: async () => (await import("../pages/table/table.tsx")).TablePage,
  },
  {
    path: "/builder",
    isPrefix: true,
    title: "Builder",
    icon: Hammer,
    key: "b",
    group: "build",
    load: async () => (await import("../pages/builder/builder.tsx")).Builder,
  },
  {
    path: "/quarantine",
    isPrefix: true,
    title: "Quarantine",
    icon: ShieldAlert,
    key: "q",
    group: "repair",
    load: async () => (await import("../pages/quarantine/quarantine.tsx")).Quarantine,
  },
  {
    path: "/holds",
    title: "Holds",
    icon: CirclePause,
    key: "h",
    group: "repair",
    load: async () => (await import("../pages/holds/holds.tsx")).Holds,
  },
  {
    path: "/replays",
    isPrefix: true,
    title: "Replays",
    icon: ListRestart,
    key: "r",
    group: "repair",
    load: async () => (await import("../pages/replays/replays.tsx")).Replays,
  },
  {
    path: "/migration",
    title: "Migration",
    icon: ArrowRightLeft,
    key: "m",
    group: "run",
    load: async () => (await import("../pages/migration/migration.tsx")).Migration,
  },
  {
    path: "/settings",
    isPrefix: true,
    title: "Settings",
    icon: Settings,
    key: "e",
    group: "run",
    load: async () => (await import("../pages/settings/settings.tsx")).SettingsPage,
  },
];
