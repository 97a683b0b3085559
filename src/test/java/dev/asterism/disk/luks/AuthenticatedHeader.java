package dev.asterism.disk.luks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.asterism.crypto.Secret;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * A header with integrity on a machine without device-mapper, where libcryptsetup formats none: the
 * library fills a slot with a 96-byte key that belongs to no segment, and the metadata are changed
 * to what it would have written.
 */
final class AuthenticatedHeader {
  /** {@code CRYPT_VOLUME_KEY_NO_SEGMENT}. */
  private static final int NO_SEGMENT = 1;

  private AuthenticatedHeader() {}

  /** What only this needs of the library. */
  interface Extra extends Library {
    int crypt_init(PointerByReference device, String path);

    int crypt_load(Pointer device, String type, Pointer parameters);

    int crypt_keyslot_add_by_key(
        Pointer device,
        int slot,
        byte[] volumeKey,
        NativeLong volumeKeyLength,
        byte[] passphrase,
        NativeLong passphraseLength,
        int flags);

    int crypt_set_pbkdf_type(Pointer device, LibCryptsetup.Pbkdf pbkdf);

    void crypt_free(Pointer device);
  }

  static void make(Cryptsetup cryptsetup, Path file, Secret key) throws IOException {
    Disks.format(cryptsetup, file, Disks.key(77)).close();
    Extra library = Native.load("libcryptsetup.so.12", Extra.class);
    var device = new PointerByReference();
    require(library.crypt_init(device, file.toString()));
    require(library.crypt_load(device.getValue(), "LUKS2", null));
    var pbkdf = new LibCryptsetup.Pbkdf();
    pbkdf.type = "argon2id";
    pbkdf.hash = "sha256";
    pbkdf.iterations = 4;
    pbkdf.maxMemoryKb = 32;
    pbkdf.parallelThreads = 1;
    pbkdf.flags = LibCryptsetup.PBKDF_NO_BENCHMARK;
    require(library.crypt_set_pbkdf_type(device.getValue(), pbkdf));
    byte[] passphrase = key.expose();
    require(
        library.crypt_keyslot_add_by_key(
            device.getValue(),
            1,
            null,
            new NativeLong(96),
            passphrase,
            new NativeLong(passphrase.length),
            NO_SEGMENT));
    library.crypt_free(device.getValue());
    TestHeaders.tamper(file, AuthenticatedHeader::bind);
  }

  private static void bind(ObjectNode json) {
    var slots = (ObjectNode) json.get("keyslots");
    slots.set("0", slots.remove("1"));
    var digests = (ObjectNode) json.get("digests");
    var digest = (ObjectNode) digests.remove("1");
    digest.putArray("keyslots").add("0");
    digest.putArray("segments").add("0");
    digests.set("0", digest);
    ((ObjectNode) json.at("/segments/0"))
        .putObject("integrity")
        .put("type", "hmac(sha256)")
        .put("journal_encryption", "none")
        .put("journal_integrity", "none");
  }

  private static void require(int result) {
    if (result < 0) {
      throw new IllegalStateException("libcryptsetup: " + result);
    }
  }
}
