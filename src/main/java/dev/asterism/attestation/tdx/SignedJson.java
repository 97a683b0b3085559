package dev.asterism.attestation.tdx;

import dev.asterism.crypto.EcdsaP256;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collateral as Intel signs it: {@code {"<member>": {…}, "signature": "<hex>"}}. The signature is
 * over the member's text as it stands, so the text is cut out, and only what was cut out is read.
 *
 * @param text the member's object, byte for byte
 * @param signature r ‖ s
 */
record SignedJson(Bytes text, Bytes signature) {

  /** Takes it apart; members beside the two are refused, as nothing covers them. */
  static SignedJson parse(String member, Bytes json) throws MalformedException {
    ObjectNode outer = Json.object(member, json);
    if (outer.size() != 2) {
      throw new MalformedException(member, "must hold exactly itself and a signature");
    }
    Bytes signature = Bytes.ofHex("signature", Json.string(outer, "signature"));
    if (signature.length() != EcdsaP256.LENGTH) {
      throw new MalformedException("signature", "must have " + EcdsaP256.LENGTH + " bytes");
    }
    Bytes text = new Cutter(member, json).cut();
    // What is cut out must be what a reader of the whole sees under that name.
    if (!Json.object(member, text).equals(Json.child(outer, member))) {
      throw new MalformedException(member, "is not what it seems");
    }
    return new SignedJson(text, signature);
  }

  /** The signed object. */
  ObjectNode content(String member) throws MalformedException {
    return Json.object(member, text);
  }

  boolean isSignedBy(PublicKey key) {
    return EcdsaP256.verify(key, signature, text);
  }

  /** Walks over JSON that is known to be well-formed. */
  private static final class Cutter {
    private final String member;
    private final byte[] json;
    private int at;

    Cutter(String member, Bytes json) {
      this.member = member;
      this.json = json.toArray();
    }

    Bytes cut() throws MalformedException {
      byte[] name = ('"' + member + '"').getBytes(StandardCharsets.US_ASCII);
      skipTo('{');
      while (at < json.length) {
        skipTo('"');
        int start = at - 1;
        skipString();
        boolean found = isAt(start, name) && at - start == name.length;
        skipTo(':');
        int value = skipValue();
        if (found) {
          return Bytes.of(json, value, at);
        }
      }
      throw new MalformedException(member, "is missing");
    }

    /** Moves behind the next such byte. */
    private void skipTo(char wanted) throws MalformedException {
      while (at < json.length) {
        if (json[at++] == wanted) {
          return;
        }
      }
      throw new MalformedException(member, "is missing");
    }

    /** Moves behind the quote that ends the string we are in. */
    private void skipString() {
      while (at < json.length && json[at] != '"') {
        at += json[at] == '\\' ? 2 : 1;
      }
      at++;
    }

    /** Moves behind a value, an object or anything shorter; gives where it begins. */
    private int skipValue() {
      while (json[at] == ' ' || json[at] == '\t' || json[at] == '\r' || json[at] == '\n') {
        at++;
      }
      int start = at;
      int depth = 0;
      while (at < json.length) {
        byte b = json[at];
        if (depth == 0 && (b == ',' || b == '}')) {
          break;
        }
        at++;
        switch (b) {
          case '"' -> skipString();
          case '{', '[' -> depth++;
          case '}', ']' -> depth--;
          default -> {}
        }
        if (depth == 0 && (b == '}' || b == ']')) {
          break;
        }
      }
      return start;
    }

    private boolean isAt(int from, byte[] wanted) {
      if (from + wanted.length > json.length) {
        return false;
      }
      for (int i = 0; i < wanted.length; i++) {
        if (json[from + i] != wanted[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
