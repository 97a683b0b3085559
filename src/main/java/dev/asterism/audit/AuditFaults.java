package dev.asterism.audit;

import java.io.IOException;

/** Told after each step of the writer that reached the disk; a test's places to die or to fail. */
@FunctionalInterface
interface AuditFaults {
  /** Nothing dies here. */
  AuditFaults NONE = step -> {};

  void reached(Step step) throws IOException;

  /** In the order in which they happen. */
  enum Step {
    /** What a crash left of a line is kept beside the log, and still in it. */
    TORN_KEPT,
    /** It is no longer in the log; no record tells of it. */
    TORN_CUT,
    /** The lines are in the file, and may be lost, wholly or in part. */
    WRITTEN,
    /** The lines are on the disk; nobody knows. */
    SYNCED,
    /** The full file has its final name; there is no new one. */
    RENAMED,
    /** The new file is there, and empty. */
    CREATED,
    /** It is on record that an old file goes; it is still there. */
    REMOVAL_RECORDED,
    REMOVED
  }
}
