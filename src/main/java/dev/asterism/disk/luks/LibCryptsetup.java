package dev.asterism.disk.luks;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/** The part of libcryptsetup's C interface (libcryptsetup.h, version 2) that we use. */
interface LibCryptsetup extends Library {
  /** {@code CRYPT_LOG_ERROR}. */
  int LOG_ERROR = 1;

  /** {@code CRYPT_ACTIVATE_PRIVATE}: no name for others. */
  int ACTIVATE_PRIVATE = 1 << 4;

  /** {@code CRYPT_ACTIVATE_KEYRING_KEY}: the kernel's keyring gets the volume key. */
  int ACTIVATE_KEYRING_KEY = 1 << 11;

  /** {@code CRYPT_ACTIVATE_NO_JOURNAL}. */
  int ACTIVATE_NO_JOURNAL = 1 << 12;

  /** {@code CRYPT_PBKDF_NO_BENCHMARK}. */
  int PBKDF_NO_BENCHMARK = 1 << 1;

  /** {@code CRYPT_WIPE_ZERO}. */
  int WIPE_ZERO = 0;

  int crypt_init_data_device(PointerByReference device, String header, @Nullable String data);

  void crypt_free(Pointer device);

  void crypt_set_log_callback(@Nullable Pointer device, Log log, @Nullable Pointer user);

  int crypt_set_pbkdf_type(Pointer device, Pbkdf pbkdf);

  int crypt_set_data_offset(Pointer device, long sectors);

  int crypt_format(
      Pointer device,
      String type,
      String cipher,
      String mode,
      @Nullable String uuid,
      @Nullable Pointer volumeKey,
      NativeLong volumeKeyLength,
      Luks2 parameters);

  int crypt_load(Pointer device, String type, @Nullable Pointer parameters);

  int crypt_keyslot_add_by_volume_key(
      Pointer device,
      int slot,
      @Nullable Pointer volumeKey,
      NativeLong volumeKeyLength,
      Pointer passphrase,
      NativeLong passphraseLength);

  int crypt_keyslot_add_by_passphrase(
      Pointer device,
      int slot,
      Pointer oldPassphrase,
      NativeLong oldLength,
      Pointer newPassphrase,
      NativeLong newLength);

  int crypt_activate_by_passphrase(
      Pointer device,
      @Nullable String name,
      int slot,
      Pointer passphrase,
      NativeLong passphraseLength,
      int flags);

  int crypt_deactivate(Pointer device, String name);

  int crypt_resize(Pointer device, String name, long sectors);

  int crypt_wipe(
      Pointer device,
      String path,
      int pattern,
      long offset,
      long length,
      NativeLong blockLength,
      int flags,
      Progress progress,
      @Nullable Pointer user);

  int crypt_token_json_set(Pointer device, int token, String json);

  @Nullable String crypt_get_uuid(Pointer device);

  /** Loads the library of the machine. */
  static LibCryptsetup load() {
    return Native.load("libcryptsetup.so.12", LibCryptsetup.class);
  }

  /** {@code void (*log)(int level, const char *msg, void *usrptr)}. */
  interface Log extends Callback {
    void log(int level, String message, @Nullable Pointer user);
  }

  /** {@code int (*progress)(uint64_t size, uint64_t offset, void *usrptr)}; not 0 stops. */
  interface Progress extends Callback {
    int progress(long size, long offset, @Nullable Pointer user);
  }

  /** {@code struct crypt_pbkdf_type}. */
  @FieldOrder({"type", "hash", "timeMs", "iterations", "maxMemoryKb", "parallelThreads", "flags"})
  final class Pbkdf extends Structure {
    public @Nullable String type;
    public @Nullable String hash;
    public int timeMs;
    public int iterations;
    public int maxMemoryKb;
    public int parallelThreads;
    public int flags;
  }

  /** {@code struct crypt_params_luks2}. */
  @FieldOrder({
    "pbkdf",
    "integrity",
    "integrityParameters",
    "dataAlignment",
    "dataDevice",
    "sectorSize",
    "label",
    "subsystem"
  })
  final class Luks2 extends Structure {
    public @Nullable Pointer pbkdf;
    public @Nullable String integrity;
    public @Nullable Pointer integrityParameters;
    public NativeLong dataAlignment = new NativeLong(0);
    public @Nullable String dataDevice;
    public int sectorSize;
    public @Nullable String label;
    public @Nullable String subsystem;
  }
}
