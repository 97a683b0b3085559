package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * Checks detached signatures as {@code openssl pkeyutl -sign -rawin} makes them: Ed25519 (64 bytes,
 * RFC 8032), or ECDSA (DER) on P-256 with SHA-256 and on P-384 with SHA-384.
 */
public final class VerificationKey {
  private static final String ED25519 = "Ed25519";

  private final PublicKey key;
  private final String algorithm;

  private VerificationKey(PublicKey key, String algorithm) {
    this.key = key;
    this.algorithm = algorithm;
  }

  /** One {@code PUBLIC KEY} block (RFC 7468), nothing beside it. */
  public static VerificationKey parse(String what, String pem) throws MalformedException {
    List<PemBlocks.Block> blocks = PemBlocks.parse(what, pem.getBytes(StandardCharsets.UTF_8));
    if (blocks.size() != 1 || !blocks.getFirst().label().equals("PUBLIC KEY")) {
      throw new MalformedException(what, "is not exactly one PEM block PUBLIC KEY");
    }
    Bytes der = blocks.getFirst().der().use(Bytes::of);
    for (String type : List.of(ED25519, "EC")) {
      try {
        return of(
            what,
            KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der.toArray())));
      } catch (GeneralSecurityException e) {
        // Of another type, or of none: the next one, or the end of the list, says so.
      }
    }
    throw new MalformedException(what, "is no Ed25519 and no EC public key");
  }

  private static VerificationKey of(String what, PublicKey key) throws MalformedException {
    if (!(key instanceof ECPublicKey ec)) {
      return new VerificationKey(key, ED25519);
    }
    return switch (ec.getParams().getOrder().bitLength()) {
      case 256 -> new VerificationKey(key, "SHA256withECDSA");
      case 384 -> new VerificationKey(key, "SHA384withECDSA");
      default -> throw new MalformedException(what, "is on another curve than P-256 and P-384");
    };
  }

  /** Whether this key's owner signed exactly that. */
  public boolean verifies(Bytes message, Bytes signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(message.toArray());
      return verifier.verify(signature.toArray());
    } catch (SignatureException e) {
      // Not the shape of a signature.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
