package dev.asterism.kubernetes;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Reads {@code data:} URLs (RFC 2397). */
public final class DataUrl {
  private static final String SCHEME = "data:";
  private static final String FIELD = "component url";

  private DataUrl() {}

  public static boolean is(String url) {
    return url.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /** The bytes inside. */
  public static Bytes decode(String url) throws MalformedException {
    int comma = url.indexOf(',');
    if (!is(url) || comma < 0) {
      throw new MalformedException(FIELD, "is not a data: URL");
    }
    Bytes data = unescape(url, comma + 1);
    if (!url.substring(SCHEME.length(), comma).endsWith(";base64")) {
      return data;
    }
    return Bytes.ofBase64(FIELD, new String(data.toArray(), StandardCharsets.ISO_8859_1));
  }

  private static Bytes unescape(String url, int from) throws MalformedException {
    var out = new ByteArrayOutputStream(url.length() - from);
    for (int i = from; i < url.length(); i++) {
      char c = url.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        throw new MalformedException(FIELD, i, "holds a character that a URL must escape");
      }
      if (c != '%') {
        out.write(c);
        continue;
      }
      int high = i + 2 < url.length() ? Character.digit(url.charAt(i + 1), 16) : -1;
      int low = i + 2 < url.length() ? Character.digit(url.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw new MalformedException(FIELD, i, "has a % without two hex digits");
      }
      out.write(high << 4 | low);
      i += 2;
    }
    return Bytes.of(out.toByteArray());
  }
}
