package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** Makes keys and signatures for the software TPM, in its wire forms. */
final class SoftwareKeys {
  private static final int P256_BYTES = 32;
  private static final int P384_BYTES = 48;

  private SoftwareKeys() {}

  static SoftwareKey generate(long hierarchy, KeyTemplate template, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type(template));
      if (template.isEcc()) {
        boolean p256 = template.size() == Tpm2.ECC_NIST_P256;
        generator.initialize(new ECGenParameterSpec(p256 ? "secp256r1" : "secp384r1"), random);
      } else {
        generator.initialize(
            new RSAKeyGenParameterSpec(template.size(), RSAKeyGenParameterSpec.F4), random);
      }
      KeyPair pair = generator.generateKeyPair();
      Bytes publicArea = template.publicArea(unique(template, pair));
      return new SoftwareKey(hierarchy, template, publicArea, pair.getPrivate(), Bytes.EMPTY);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK makes no keys", e);
    }
  }

  /** Reads a key back from its public area and PKCS#8. */
  static SoftwareKey restore(long hierarchy, Bytes publicArea, Bytes pkcs8, Bytes auth)
      throws MalformedException {
    try {
      KeyTemplate template = KeyTemplate.read(publicArea.reader("publicArea"));
      PrivateKey key =
          KeyFactory.getInstance(type(template))
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toArray()));
      return new SoftwareKey(hierarchy, template, publicArea, key, auth);
    } catch (TpmError | GeneralSecurityException e) {
      throw new MalformedException("key", "is not one that this TPM makes");
    }
  }

  /** TPMT_SIGNATURE over {@code message}. */
  static Bytes sign(SoftwareKey key, int scheme, Digests hash, Bytes message) {
    try {
      byte[] signature = sign(key.privateKey(), scheme, hash, message);
      ByteWriter out = new ByteWriter().u16be(scheme).u16be(Tpm2.algorithm(hash));
      if (scheme != Tpm2.ALG_ECDSA) {
        return out.sized16be(Bytes.of(signature)).toBytes();
      }
      Bytes[] rs = readDer(Bytes.of(signature), coordinate(key.template()));
      return out.sized16be(rs[0]).sized16be(rs[1]).toBytes();
    } catch (GeneralSecurityException | MalformedException e) {
      throw new IllegalStateException("this JDK does not sign", e);
    }
  }

  private static byte[] sign(PrivateKey key, int scheme, Digests hash, Bytes message)
      throws GeneralSecurityException {
    String prefix = hash.algorithm().replace("-", "");
    Signature signature =
        switch (scheme) {
          case Tpm2.ALG_RSASSA -> Signature.getInstance(prefix + "withRSA");
          case Tpm2.ALG_RSAPSS -> Signature.getInstance("RSASSA-PSS");
          default -> Signature.getInstance(prefix + "withECDSA");
        };
    if (scheme == Tpm2.ALG_RSAPSS) {
      // As TPMs do since revision 1.38: the salt is as long as the hash.
      signature.setParameter(
          new PSSParameterSpec(
              hash.algorithm(),
              "MGF1",
              new MGF1ParameterSpec(hash.algorithm()),
              hash.length(),
              PSSParameterSpec.TRAILER_FIELD_BC));
    }
    signature.initSign(key);
    signature.update(message.toArray());
    return signature.sign();
  }

  /** r and s of an ECDSA-Sig-Value that we made ourselves, each of full length. */
  private static Bytes[] readDer(Bytes der, int length) throws MalformedException {
    ByteReader in = der.reader("ECDSA-Sig-Value");
    in.u8("tag");
    ByteReader sequence = in.narrow("SEQUENCE", in.u8("length"));
    Bytes[] numbers = new Bytes[2];
    for (int i = 0; i < numbers.length; i++) {
      sequence.u8("tag");
      Bytes number = sequence.bytes("INTEGER", sequence.u8("length"));
      numbers[i] = fixed(new BigInteger(1, number.toArray()), length);
    }
    return numbers;
  }

  private static Bytes unique(KeyTemplate template, KeyPair pair) {
    return switch (pair.getPublic()) {
      case RSAPublicKey rsa ->
          new ByteWriter()
              .sized16be(fixed(rsa.getModulus(), template.size() / Byte.SIZE))
              .toBytes();
      case ECPublicKey ec ->
          new ByteWriter()
              .sized16be(fixed(ec.getW().getAffineX(), coordinate(template)))
              .sized16be(fixed(ec.getW().getAffineY(), coordinate(template)))
              .toBytes();
      default -> throw new IllegalStateException("this JDK makes keys of its own kind");
    };
  }

  private static String type(KeyTemplate template) {
    return template.isEcc() ? "EC" : "RSA";
  }

  private static int coordinate(KeyTemplate template) {
    return template.size() == Tpm2.ECC_NIST_P256 ? P256_BYTES : P384_BYTES;
  }

  /** Big endian, unsigned, padded to {@code length}. */
  private static Bytes fixed(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[length];
    int from = Math.max(0, bytes.length - length);
    int count = bytes.length - from;
    System.arraycopy(bytes, from, padded, length - count, count);
    return Bytes.of(padded);
  }
}
