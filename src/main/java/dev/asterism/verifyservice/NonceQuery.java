package dev.asterism.verifyservice;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads the nonce out of a URL's query. */
final class NonceQuery {
  private static final String NAME = "nonce";

  private NonceQuery() {}

  /**
   * The one parameter {@code nonce}, padded base64url; others are left alone.
   *
   * @param query as it was sent, still escaped
   * @throws MalformedException if there is none or more than one, or it does not decode
   */
  static Bytes parse(@Nullable String query) throws MalformedException {
    String nonce = null;
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!name.equals(NAME)) {
        continue;
      }
      if (nonce != null) {
        throw new MalformedException(NAME, "is given twice");
      }
      nonce = equals < 0 ? "" : decode(pair.substring(equals + 1));
    }
    if (nonce == null || nonce.isEmpty()) {
      throw new MalformedException(NAME, "is missing: ask for /?nonce=<base64url, padded>");
    }
    return base64Url(nonce);
  }

  private static Bytes base64Url(String text) throws MalformedException {
    try {
      byte[] value = Base64.getUrlDecoder().decode(text);
      // The JDK's decoder takes unpadded text and stray bits too.
      if (Base64.getUrlEncoder().encodeToString(value).equals(text)) {
        return Bytes.of(value);
      }
    } catch (IllegalArgumentException e) {
      // Says so below, without a part of the input.
    }
    throw new MalformedException(NAME, "is not padded base64url");
  }

  private static String decode(String text) throws MalformedException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("query", "has a broken percent escape");
    }
  }
}
