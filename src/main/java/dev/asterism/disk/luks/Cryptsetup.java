package dev.asterism.disk.luks;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** libcryptsetup, which serves one caller at a time. */
public final class Cryptsetup {
  private static final System.Logger LOG = System.getLogger(Cryptsetup.class.getName());
  private static final int MOST_LINES = 16;

  private final LibCryptsetup library;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<String> said = new ArrayList<>();

  /** Held here: the library keeps only a pointer to it. */
  private final LibCryptsetup.Log listener = (level, message, user) -> hear(level, message);

  private Cryptsetup(LibCryptsetup library) {
    this.library = library;
    library.crypt_set_log_callback(null, listener, null);
  }

  /**
   * @throws IOException if this machine has no libcryptsetup
   */
  public static Cryptsetup load() throws IOException {
    try {
      return new Cryptsetup(LibCryptsetup.load());
    } catch (LinkageError e) {
      throw new IOException(
          "libcryptsetup.so.12 cannot be loaded: install it (Debian: libcryptsetup12)", e);
    }
  }

  LibCryptsetup library() {
    return library;
  }

  /**
   * @param header where the metadata is, and is looked for alone
   * @param data the disk
   */
  CryptDevice open(MemoryFile header, @Nullable Path data) throws IOException {
    var pointer = new PointerByReference();
    call(
        "open",
        () ->
            library.crypt_init_data_device(
                pointer, header.path(), data == null ? null : data.toString()));
    Pointer device = pointer.getValue();
    return new CryptDevice(this, device);
  }

  /** One call of the library. */
  interface Call {
    int run();
  }

  /**
   * @return what the call returned, 0 or more
   * @throws CryptException if it returned less
   */
  int call(String what, Call call) throws CryptException {
    lock.lock();
    try {
      said.clear();
      int result = call.run();
      if (result < 0) {
        String words = said.isEmpty() ? "" : ": " + String.join(" ", said);
        throw new CryptException(
            "libcryptsetup cannot " + what + words + " (error " + result + ")", result);
      }
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void hear(int level, String message) {
    String line = message.strip();
    LOG.log(System.Logger.Level.DEBUG, "libcryptsetup: {0}", line);
    if (level == LibCryptsetup.LOG_ERROR && said.size() < MOST_LINES && !line.isEmpty()) {
      said.add(line);
    }
  }
}
