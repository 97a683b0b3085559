package dev.asterism.disk.luks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** Keeps this process's memory, keys among it, off every disk: no swap, no core dump. */
public final class ProcessMemory {
  private static final System.Logger LOG = System.getLogger(ProcessMemory.class.getName());
  private static final int PR_SET_DUMPABLE = 4;
  private static final int RLIMIT_CORE = 4;
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;

  /** Locks what is used: a JVM has maps of hundreds of megabytes, most of which it never reads. */
  private static final int MCL_ONFAULT = 4;

  private ProcessMemory() {}

  /** The C library's part. */
  interface LibC extends Library {
    int prctl(int option, long value, long second, long third, long fourth);

    int setrlimit(int resource, Limit limit);

    int mlockall(int flags);

    int geteuid();
  }

  /** {@code struct rlimit}. */
  @FieldOrder({"current", "most"})
  public static final class Limit extends Structure {
    public long current;
    public long most;
  }

  /**
   * Says aloud what this machine does not allow, and goes on: a node that cannot boot helps nobody.
   */
  public static void protect() {
    LibC libc = Native.load("c", LibC.class);
    if (libc.setrlimit(RLIMIT_CORE, new Limit()) != 0) {
      warn("core dumps cannot be turned off");
    }
    if (libc.geteuid() != 0) {
      // Whoever may not be dumped may not open its own files in memory either, unless it is root.
      warn("not root: memory is not locked, and a debugger may look at it");
      return;
    }
    if (libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
      warn("the process stays visible to debuggers");
    }
    if (libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
      warn("memory cannot be locked: turn swap off");
    }
  }

  private static void warn(String what) {
    LOG.log(System.Logger.Level.WARNING, what);
  }
}
