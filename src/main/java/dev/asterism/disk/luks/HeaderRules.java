package dev.asterism.disk.luks;

import static dev.asterism.disk.luks.HeaderCheck.BINARY;
import static dev.asterism.disk.luks.HeaderCheck.CIPHER;
import static dev.asterism.disk.luks.HeaderCheck.CONFIG;
import static dev.asterism.disk.luks.HeaderCheck.DIGEST;
import static dev.asterism.disk.luks.HeaderCheck.KDF;
import static dev.asterism.disk.luks.HeaderCheck.KEYSLOT;
import static dev.asterism.disk.luks.HeaderCheck.KEYSLOT_AREA;
import static dev.asterism.disk.luks.HeaderCheck.KEYSLOT_CIPHER;
import static dev.asterism.disk.luks.HeaderCheck.REQUIREMENTS;
import static dev.asterism.disk.luks.HeaderCheck.SEGMENT;
import static dev.asterism.disk.luks.HeaderCheck.TOKEN;
import static dev.asterism.disk.luks.HeaderCheck.UUID;
import static dev.asterism.disk.luks.HeaderCheck.VOLUME_KEY;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every field of a state disk's header must be (wire contract, section 8). The host can write
 * it at any time, so nothing is left to what libcryptsetup would also take.
 */
final class HeaderRules {
  /** Where the data begin, in bytes. */
  static final int DATA_OFFSET = 16 * 1024 * 1024;

  static final int SECTOR_SIZE = 4096;
  static final String INTEGRITY = "hmac(sha256)";
  static final String MARKER_TYPE = "constellation-state-disk";
  static final String MARKER = "diskIsInitialized";

  private static final String AES_XTS = "aes-xts-plain64";
  private static final int XTS_KEY = 64;
  private static final int HMAC_KEY = 32;
  private static final int STRIPES = 4000;
  private static final int ALIGNMENT = 4096;
  private static final int SALT = 32;
  private static final int SHA256 = 32;

  /** Both bounded so that a header cannot keep a node busy for ever. */
  private static final int LEAST_DIGEST_ITERATIONS = 1000;

  private static final int MOST_DIGEST_ITERATIONS = 10_000_000;

  private static final Pattern CANONICAL_UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final LuksHeader header;
  private final IntegrityRule integrity;
  private final MarkerRule marker;
  private final List<Violation> violations = new ArrayList<>();

  private HeaderRules(LuksHeader header, IntegrityRule integrity, MarkerRule marker) {
    this.header = header;
    this.integrity = integrity;
    this.marker = marker;
  }

  /** Whether there must be a token. */
  enum MarkerRule {
    /** A state disk. */
    REQUIRED,
    /** Another volume of this node. */
    ABSENT
  }

  /**
   * @throws HeaderException naming everything that is wrong
   */
  static void require(LuksHeader header, IntegrityRule integrity, MarkerRule marker)
      throws HeaderException {
    List<Violation> found = violations(header, integrity, marker);
    if (!found.isEmpty()) {
      throw new HeaderException(found);
    }
  }

  static List<Violation> violations(LuksHeader header, IntegrityRule integrity, MarkerRule marker) {
    var rules = new HeaderRules(header, integrity, marker);
    rules.check();
    return rules.violations;
  }

  /** In bytes. */
  static int volumeKeyLength(boolean integrity) {
    return integrity ? XTS_KEY + HMAC_KEY : XTS_KEY;
  }

  private void check() {
    if (!CANONICAL_UUID.matcher(header.uuid()).matches()) {
      violations.add(new Violation(UUID, "uuid", "is not a canonical lower-case UUID"));
    }
    BinaryHeader binary = header.primary().binary();
    if (!binary.label().isEmpty() || !binary.subsystem().isEmpty()) {
      violations.add(new Violation(BINARY, "label", "is set, as no state disk has it"));
    }
    var root = new Members("", header.json(), violations);
    int volumeKey = segment(root.only(SEGMENT, "segments"));
    keyslot(root.only(KEYSLOT, "keyslots"), volumeKey);
    digest(root.only(DIGEST, "digests"));
    token(root);
    config(root.object(CONFIG, "config"));
    root.end();
  }

  /** Returns the length of the volume key that it needs; 0 where nobody can tell. */
  private int segment(@Nullable Members segment) {
    if (segment == null) {
      return 0;
    }
    segment.text(SEGMENT, "type", "crypt");
    segment.text(SEGMENT, "offset", String.valueOf(DATA_OFFSET));
    segment.text(SEGMENT, "size", "dynamic");
    segment.text(SEGMENT, "iv_tweak", "0");
    segment.text(CIPHER, "encryption", AES_XTS);
    segment.number(SEGMENT, "sector_size", SECTOR_SIZE, SECTOR_SIZE);
    boolean authenticated = segment.has("integrity");
    if (!integrity.allows(authenticated)) {
      segment.wrong(
          HeaderCheck.INTEGRITY,
          "integrity",
          authenticated ? "is there, and is not expected" : "is missing, and is required");
    } else if (authenticated) {
      integrity(segment.object(HeaderCheck.INTEGRITY, "integrity"));
    }
    segment.end();
    return volumeKeyLength(authenticated);
  }

  private static void integrity(@Nullable Members member) {
    if (member != null) {
      member.text(HeaderCheck.INTEGRITY, "type", INTEGRITY);
      member.text(HeaderCheck.INTEGRITY, "journal_encryption", "none");
      member.text(HeaderCheck.INTEGRITY, "journal_integrity", "none");
      member.end();
    }
  }

  private static void keyslot(@Nullable Members slot, int volumeKey) {
    if (slot == null) {
      return;
    }
    slot.text(KEYSLOT, "type", "luks2");
    long length = slot.number(VOLUME_KEY, "key_size", XTS_KEY, XTS_KEY + HMAC_KEY);
    if (volumeKey != 0 && length != volumeKey) {
      slot.wrong(VOLUME_KEY, "key_size", "is not the " + volumeKey + " that the segment needs");
    }
    Members split = slot.object(KEYSLOT_AREA, "af");
    if (split != null) {
      split.text(KEYSLOT_AREA, "type", "luks1");
      split.number(KEYSLOT_AREA, "stripes", STRIPES, STRIPES);
      split.text(KEYSLOT_AREA, "hash", "sha256");
      split.end();
    }
    area(slot.object(KEYSLOT_AREA, "area"), length);
    Members kdf = slot.object(KDF, "kdf");
    if (kdf != null) {
      kdf.text(KDF, "type", "argon2id");
      kdf.number(KDF, "time", 1, LuksFormat.MOST_ITERATIONS);
      kdf.number(KDF, "memory", LuksFormat.LEAST_MEMORY, LuksFormat.MOST_MEMORY);
      kdf.number(KDF, "cpus", 1, LuksFormat.MOST_LANES);
      kdf.base64(KDF, "salt", SALT);
      kdf.end();
    }
    slot.end();
  }

  private static void area(@Nullable Members area, long volumeKey) {
    if (area == null) {
      return;
    }
    area.text(KEYSLOT_AREA, "type", "raw");
    long size = areaLength(volumeKey);
    area.text(KEYSLOT_AREA, "size", String.valueOf(size));
    long offset = area.longText(KEYSLOT_AREA, "offset");
    if (offset >= 0
        && (offset % ALIGNMENT != 0 || offset < LuksHeader.LENGTH || offset > DATA_OFFSET - size)) {
      area.wrong(KEYSLOT_AREA, "offset", "is not within the area for key slots");
    }
    area.text(KEYSLOT_CIPHER, "encryption", AES_XTS);
    area.number(KEYSLOT_CIPHER, "key_size", XTS_KEY, XTS_KEY);
    area.end();
  }

  /** Of the split volume key, in whole blocks. */
  static long areaLength(long volumeKey) {
    return (volumeKey * STRIPES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static void digest(@Nullable Members digest) {
    if (digest == null) {
      return;
    }
    digest.text(DIGEST, "type", "pbkdf2");
    digest.texts(DIGEST, "keyslots", List.of("0"));
    digest.texts(DIGEST, "segments", List.of("0"));
    digest.text(DIGEST, "hash", "sha256");
    digest.number(DIGEST, "iterations", LEAST_DIGEST_ITERATIONS, MOST_DIGEST_ITERATIONS);
    digest.base64(DIGEST, "salt", SALT);
    digest.base64(DIGEST, "digest", SHA256);
    digest.end();
  }

  private void token(Members root) {
    switch (marker) {
      case REQUIRED -> {
        Members token = root.only(TOKEN, "tokens");
        if (token != null) {
          token.text(TOKEN, "type", MARKER_TYPE);
          token.texts(TOKEN, "keyslots", List.of());
          token.bool(TOKEN, MARKER);
          token.end();
        }
      }
      case ABSENT -> {
        Members tokens = root.object(TOKEN, "tokens");
        if (tokens != null && !tokens.names().isEmpty()) {
          root.wrong(TOKEN, "tokens", "are there, and are not expected");
        }
      }
    }
  }

  private static void config(@Nullable Members config) {
    if (config == null) {
      return;
    }
    config.text(CONFIG, "json_size", String.valueOf(HeaderCopy.JSON_LENGTH));
    config.text(CONFIG, "keyslots_size", String.valueOf(DATA_OFFSET - LuksHeader.LENGTH));
    if (config.has("requirements")) {
      config.wrong(REQUIREMENTS, "requirements", "are there: a reencryption, or something unknown");
    }
    config.end();
  }
}
