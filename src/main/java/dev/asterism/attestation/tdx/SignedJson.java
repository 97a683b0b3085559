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
    // It must be an object; what is read of it is what is cut out.
    Json.child(outer, member);
    return new SignedJson(cut(json), signature);
  }

  /**
   * From the second brace to the last but one: around the object stand only two names and a string
   * of hex digits, which have none.
   */
  private static Bytes cut(Bytes json) {
    String text = new String(json.toArray(), StandardCharsets.ISO_8859_1);
    int from = text.indexOf('{', text.indexOf('{') + 1);
    int last = text.lastIndexOf('}', text.lastIndexOf('}') - 1);
    return json.slice(from, last + 1);
  }

  /** The signed object. */
  ObjectNode content(String member) throws MalformedException {
    return Json.object(member, text);
  }

  boolean isSignedBy(PublicKey key) {
    return EcdsaP256.verify(key, signature, text);
  }
}
