package dev.asterism.attestation.azure;

import dev.asterism.attestation.tpm.PcrBoundKey;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Microsoft's attestation service answers a guest: a token, encrypted with a key that is
 * encrypted to a key of the guest's TPM.
 *
 * @param encryptedKey {@code EncryptedInnerKey}: RSAES
 * @param iv {@code EncryptionParams.Iv}, of AES-GCM
 * @param tag {@code AuthenticationData}, of AES-GCM
 * @param ciphertext {@code Jwt}
 */
record MaaEnvelope(Bytes encryptedKey, Bytes iv, Bytes tag, Bytes ciphertext) {
  private static final String WHAT = "MAA envelope";
  private static final int IV = 12;
  private static final int TAG = 16;
  private static final int AES_128 = 16;
  private static final int AES_256 = 32;
  private static final byte[] ASSOCIATED = "Transport Key".getBytes(StandardCharsets.US_ASCII);

  /** Reads the body of the answer. */
  static MaaEnvelope parse(Bytes answer) throws MalformedException {
    Bytes inner =
        Bytes.ofBase64Url("token", Json.string(Json.object("MAA answer", answer), "token"));
    ObjectNode node = Json.object(WHAT, inner);
    return new MaaEnvelope(
        rsa(Json.base64(node, "EncryptedInnerKey")),
        of(IV, "Iv", Json.child(node, "EncryptionParams")),
        of(TAG, "AuthenticationData", node),
        Json.base64(node, "Jwt"));
  }

  private static Bytes of(int length, String member, ObjectNode node) throws MalformedException {
    Bytes value = Json.base64(node, member);
    if (value.length() != length) {
      throw new MalformedException(member, "is not of " + length + " bytes");
    }
    return value;
  }

  /** As a number it may have a zero before its first byte. */
  private static Bytes rsa(Bytes ciphertext) throws MalformedException {
    int more = ciphertext.length() - PcrBoundKey.SIZE;
    if (more != 0 && (more != 1 || ciphertext.at(0) != 0)) {
      throw new MalformedException("EncryptedInnerKey", "is not of " + PcrBoundKey.SIZE + " bytes");
    }
    return ciphertext.slice(more, ciphertext.length());
  }

  /**
   * The token.
   *
   * @param key what {@link #encryptedKey} decrypts to
   */
  String open(Secret key) throws MalformedException {
    if (key.length() != AES_128 && key.length() != AES_256) {
      throw new MalformedException("EncryptedInnerKey", "is of no AES key");
    }
    String token = text(decrypt(key));
    var _ = MaaToken.parse(token);
    return token;
  }

  private byte[] decrypt(Secret key) throws MalformedException {
    byte[] raw = key.expose();
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(raw, "AES"),
          new GCMParameterSpec(TAG * Byte.SIZE, iv.toArray()));
      cipher.updateAAD(ASSOCIATED);
      return cipher.doFinal(Bytes.concat(ciphertext, tag).toArray());
    } catch (AEADBadTagException e) {
      throw new MalformedException(WHAT, "is not encrypted with the key that it brings");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES-GCM", e);
    } finally {
      Arrays.fill(raw, (byte) 0);
    }
  }

  private static String text(byte[] plain) throws MalformedException {
    try {
      return StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(plain)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("MAA token", "is not ASCII");
    }
  }
}
