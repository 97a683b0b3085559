package dev.asterism.cli;

import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Values and files that a person names; what is wrong with one is an error that says where. */
final class Inputs {
  private static final int MAX_FILE_BYTES = 4 * 1024 * 1024;

  private Inputs() {}

  /** The bytes of a file that must exist and be of reasonable size. */
  static Bytes file(String option, Path path) throws MalformedException {
    return Bytes.of(content(option, path));
  }

  /**
   * A file that holds a secret. Editors and {@code echo} end a file with a line break that nobody
   * meant: one is left out.
   */
  static Secret secret(String option, Path path) throws MalformedException {
    byte[] content = content(option, path);
    int end = content.length;
    if (end > 0 && content[end - 1] == '\n') {
      end -= end > 1 && content[end - 2] == '\r' ? 2 : 1;
    }
    try {
      if (end == 0) {
        throw new MalformedException(option, path + " is empty");
      }
      return Secret.takeOver(Arrays.copyOf(content, end));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static byte[] content(String option, Path path) throws MalformedException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
      if (content.length > MAX_FILE_BYTES) {
        throw new MalformedException(option, path + " is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return content;
    } catch (NoSuchFileException e) {
      throw new MalformedException(option, path + " does not exist");
    } catch (IOException e) {
      throw new MalformedException(option, unreadable(path, e));
    }
  }

  private static String unreadable(Path path, IOException failure) {
    if (Files.isDirectory(path)) {
      return path + " is a directory";
    }
    return failure instanceof AccessDeniedException
        ? Failures.oneLine(failure)
        : path + " cannot be read (" + failure.getClass().getSimpleName() + ")";
  }

  /** What is wrong with a member of a file, with the name of that file. */
  static MalformedException in(Path file, MalformedException wrong) {
    return wrong.field().equals(file.toString())
        ? wrong
        : new MalformedException(file.toString(), String.valueOf(wrong.getMessage()));
  }

  /** The policy that a file's config states for a platform. */
  static Policy policy(Path file, Platform platform, ObjectNode config) throws MalformedException {
    try {
      return platform.policy(config);
    } catch (MalformedException e) {
      throw in(file, e);
    }
  }

  /** A file that holds one JSON object. */
  static ObjectNode json(String option, Path path) throws MalformedException {
    return Json.object(path.toString(), file(option, path));
  }

  /** Hex of {@code least} to {@code most} bytes. */
  static Bytes hex(String option, String hex, int least, int most) throws MalformedException {
    Bytes value = Bytes.ofHex(option, hex);
    if (value.length() < least || value.length() > most) {
      throw new MalformedException(
          option, "must have " + (least == most ? "" : least + " to ") + most + " bytes (hex)");
    }
    return value;
  }

  static Instant time(String option, String time) throws MalformedException {
    try {
      return Instant.parse(time);
    } catch (DateTimeException e) {
      throw new MalformedException(option, "is not a time like 2026-01-31T12:00:00Z");
    }
  }

  static Variant variant(String option, String id) throws MalformedException {
    return Variant.byId(id)
        .orElseThrow(() ->
            new MalformedException(
                option,
                "is no attestation variant; there are "
                    + Arrays.stream(Variant.values())
                        .map(Variant::id)
                        .collect(Collectors.joining(", "))));
  }

  /**
   * The variant that flag and config name; they must not contradict each other.
   *
   * @param flag null where it was not given
   * @return null where neither names one
   */
  static @Nullable Variant agreedVariant(@Nullable String flag, @Nullable ObjectNode config)
      throws MalformedException {
    String configured = config == null ? null : Json.optionalString(config, "variant");
    Variant fromConfig = configured == null ? null : variant("config.variant", configured);
    if (flag == null) {
      return fromConfig;
    }
    Variant fromFlag = variant("--attestation-variant", flag);
    if (fromConfig != null && fromConfig != fromFlag) {
      throw new MalformedException(
          "--attestation-variant",
          "is " + fromFlag.id() + " where the config says " + fromConfig.id());
    }
    return fromFlag;
  }
}
