package dev.asterism.disk.luks;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.asterism.crypto.Secret;

/** A copy of a secret where C can read it; zeroed on close. */
final class NativeSecret implements AutoCloseable {
  private final Memory memory;
  private final int length;

  NativeSecret(Secret secret) {
    length = secret.length();
    memory = new Memory(Math.max(1, length));
    secret.use(bytes -> {
      memory.write(0, bytes, 0, bytes.length);
      return length;
    });
  }

  Pointer pointer() {
    return memory;
  }

  NativeLong length() {
    return new NativeLong(length);
  }

  @Override
  public void close() {
    memory.clear();
    memory.close();
  }
}
