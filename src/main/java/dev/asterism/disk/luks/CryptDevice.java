package dev.asterism.disk.luks;

import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.LibCryptsetup.Luks2;
import dev.asterism.disk.luks.LibCryptsetup.Pbkdf;
import java.io.IOException;
import java.util.Objects;
import java.util.function.DoubleConsumer;

/** libcryptsetup's view of one disk: its metadata in memory, its data where they are. */
final class CryptDevice implements AutoCloseable {
  private static final String LUKS2 = "LUKS2";
  private static final int NO_PERMISSION = -1;
  private static final int NO_ENTRY = -2;
  private static final int SECTOR = 512;
  private static final int WIPE_BLOCK = 1024 * 1024;
  private static final NativeLong NONE = new NativeLong(0);

  private final Cryptsetup cryptsetup;
  private final LibCryptsetup library;
  private final Pointer device;

  CryptDevice(Cryptsetup cryptsetup, Pointer device) {
    this.cryptsetup = cryptsetup;
    this.library = cryptsetup.library();
    this.device = device;
  }

  /** Reads the metadata. */
  void load() throws CryptException {
    cryptsetup.call("read the header", () -> library.crypt_load(device, LUKS2, null));
  }

  /**
   * Writes new metadata, with a random volume key that only the library has seen, and its first
   * passphrase in slot 0.
   */
  void format(String dataDevice, LuksFormat format, Secret passphrase) throws CryptException {
    costs(format);
    cryptsetup.call(
        "set the data's offset",
        () -> library.crypt_set_data_offset(device, HeaderRules.DATA_OFFSET / SECTOR));
    var parameters = new Luks2();
    parameters.dataDevice = dataDevice;
    parameters.sectorSize = HeaderRules.SECTOR_SIZE;
    parameters.integrity = format.integrity() ? HeaderRules.INTEGRITY : null;
    cryptsetup.call(
        "format",
        () ->
            library.crypt_format(
                device,
                LUKS2,
                "aes",
                "xts-plain64",
                null,
                null,
                new NativeLong(HeaderRules.volumeKeyLength(format.integrity())),
                parameters));
    try (var secret = new NativeSecret(passphrase)) {
      cryptsetup.call(
          "add the first passphrase",
          () ->
              library.crypt_keyslot_add_by_volume_key(
                  device, 0, null, NONE, secret.pointer(), secret.length()));
    }
  }

  /** What passphrases set from now on cost. */
  void costs(LuksFormat format) throws CryptException {
    var pbkdf = new Pbkdf();
    pbkdf.type = "argon2id";
    pbkdf.hash = "sha256";
    pbkdf.iterations = format.iterations();
    pbkdf.maxMemoryKb = format.memoryKib();
    pbkdf.parallelThreads = format.lanes();
    pbkdf.flags = LibCryptsetup.PBKDF_NO_BENCHMARK;
    cryptsetup.call("set the KDF's costs", () -> library.crypt_set_pbkdf_type(device, pbkdf));
  }

  /**
   * Adds {@code key} as slot 1.
   *
   * @return whether {@code current} opens slot 0, and what it holds is the disk's volume key; if
   *     not, nothing is added
   */
  boolean addKey(Secret current, Secret key) throws CryptException {
    try (var from = new NativeSecret(current);
        var to = new NativeSecret(key)) {
      cryptsetup.call(
          "add a passphrase",
          () ->
              library.crypt_keyslot_add_by_passphrase(
                  device, 1, from.pointer(), from.length(), to.pointer(), to.length()));
      return true;
    } catch (CryptException e) {
      return denied(e);
    }
  }

  /** Whether the key opens slot 0, and what it holds is the disk's volume key; maps nothing. */
  boolean opens(Secret key) throws CryptException {
    return opens(key, 0);
  }

  /** The same, and a change of the open mapping may use the volume key. */
  boolean holds(Secret key) throws CryptException {
    return opens(key, LibCryptsetup.ACTIVATE_KEYRING_KEY);
  }

  private boolean opens(Secret key, int flags) throws CryptException {
    try (var secret = new NativeSecret(key)) {
      cryptsetup.call(
          "check the key",
          () ->
              library.crypt_activate_by_passphrase(
                  device, null, 0, secret.pointer(), secret.length(), flags));
      return true;
    } catch (CryptException e) {
      return denied(e);
    }
  }

  /** False where the passphrase was the wrong one. */
  private static boolean denied(CryptException e) throws CryptException {
    if (e.error() == NO_PERMISSION || e.error() == NO_ENTRY) {
      return false;
    }
    throw e;
  }

  /** Maps the disk to {@code /dev/mapper/<name>}. */
  void map(String name, Secret key) throws CryptException {
    activate(name, key, 0);
  }

  void unmap(String name) throws CryptException {
    cryptsetup.call("close " + name, () -> library.crypt_deactivate(device, name));
  }

  /** Lets a mapping take all of a disk that grew. */
  void resize(String name) throws CryptException {
    cryptsetup.call("resize " + name, () -> library.crypt_resize(device, name, 0));
  }

  /**
   * Writes zeros over the whole disk, so that every sector has a valid tag.
   *
   * @param progress hears the part that is done, 0 to 1
   */
  void wipe(String temporaryName, Secret key, DoubleConsumer progress) throws IOException {
    activate(
        temporaryName, key, LibCryptsetup.ACTIVATE_PRIVATE | LibCryptsetup.ACTIVATE_NO_JOURNAL);
    try {
      LibCryptsetup.Progress listener =
          (size, offset, user) -> {
            progress.accept(size == 0 ? 1 : (double) offset / size);
            return 0;
          };
      cryptsetup.call(
          "wipe the disk",
          () ->
              library.crypt_wipe(
                  device,
                  "/dev/mapper/" + temporaryName,
                  LibCryptsetup.WIPE_ZERO,
                  0,
                  0,
                  new NativeLong(WIPE_BLOCK),
                  0,
                  listener,
                  null));
    } finally {
      unmap(temporaryName);
    }
  }

  private void activate(String name, Secret key, int flags) throws CryptException {
    try (var secret = new NativeSecret(key)) {
      cryptsetup.call(
          "open " + name,
          () ->
              library.crypt_activate_by_passphrase(
                  device, name, 0, secret.pointer(), secret.length(), flags));
    }
  }

  void setToken(String json) throws CryptException {
    cryptsetup.call("set the token", () -> library.crypt_token_json_set(device, 0, json));
  }

  String uuid() {
    return Objects.requireNonNull(library.crypt_get_uuid(device), "a loaded disk has a UUID");
  }

  @Override
  public void close() {
    library.crypt_free(device);
  }
}
