package dev.asterism.attestation.azure;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which system this is, in the words of {@code /etc/os-release}: Microsoft's attestation service is
 * told. Nobody proves it.
 */
record OsRelease(String name, int major, int minor) {
  static final OsRelease UNKNOWN = new OsRelease("", 0, 0);

  private static final int LARGEST = 64 * 1024;
  private static final Pattern NAME = Pattern.compile("(?m)^NAME=[\"']?([^\"'\n]*)");
  private static final Pattern VERSION =
      Pattern.compile("(?m)^VERSION_ID=[\"']?([0-9]{1,9})(?:\\.([0-9]{1,9}))?");

  /** Unknown where the file is not there or says nothing. */
  static OsRelease read(Path file) {
    try {
      return parse(AtomicFile.read(file, LARGEST));
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  static OsRelease parse(Bytes file) {
    String text = new String(file.toArray(), StandardCharsets.UTF_8);
    Matcher name = NAME.matcher(text);
    Matcher version = VERSION.matcher(text);
    boolean numbered = version.find();
    return new OsRelease(
        name.find() ? name.group(1) : "",
        numbered ? number(version.group(1)) : 0,
        numbered ? number(version.group(2)) : 0);
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
