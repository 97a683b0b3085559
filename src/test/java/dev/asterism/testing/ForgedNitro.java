package dev.asterism.testing;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Forges Nitro attestation documents: every field can be changed, and all is signed again. Written
 * from the specification, not with the code under test.
 */
public final class ForgedNitro {
  public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  public final CertificateAuthority root =
      CertificateAuthority.create("root", NOW.minus(Duration.ofDays(1)), NOW.plusSeconds(86_400));
  public KeyPair key = ForgedVtpm.keyPair("secp384r1");

  /** Null: the key's own. */
  public @Nullable PrivateKey signer;

  public Usage usage = Usage.ATTESTATION_KEY;
  public Bytes protectedHeader = bytes(0xa1, 0x01, 0x38, 0x22);
  public Bytes unprotectedHeader = bytes(0xa0);
  public String pcrMember = "nitrotpm_pcrs";
  public final Map<Integer, Bytes> pcrs = new TreeMap<>();
  public @Nullable Bytes publicKey;
  public @Nullable Bytes nonce = Bytes.ofUtf8("nonce");
  public @Nullable Bytes userData;
  public Bytes tail = Bytes.EMPTY;
  public boolean tagged;

  /** Members by name, encoded; what is here is in place of the field's; empty: it is left out. */
  public final Map<String, Bytes> members = new LinkedHashMap<>();

  private ForgedNitro() {}

  public static ForgedNitro with(Consumer<ForgedNitro> change) {
    var forged = new ForgedNitro();
    for (int i = 0; i < 24; i++) {
      forged.pcrs.put(i, Bytes.of(new byte[48]));
    }
    forged.pcrs.put(4, filled(7));
    change.accept(forged);
    return forged;
  }

  public static Bytes filled(int value) {
    var out = new ByteWriter();
    for (int i = 0; i < 48; i++) {
      out.u8(value);
    }
    return out.toBytes();
  }

  public Bytes document() {
    Bytes payload = payload();
    Bytes signature = sign(payload);
    Bytes body =
        Bytes.concat(
            bytes(0x84),
            string(protectedHeader),
            unprotectedHeader,
            string(payload),
            string(signature));
    return Bytes.concat(tagged ? bytes(0xd2) : Bytes.EMPTY, body, tail);
  }

  public Bytes payload() {
    var all = new LinkedHashMap<String, Bytes>();
    all.put("module_id", text("i-0123456789-tpm"));
    all.put("digest", text("SHA384"));
    all.put("timestamp", unsigned(NOW.toEpochMilli()));
    all.put(pcrMember, registers());
    all.put("certificate", string(der(leaf())));
    all.put("cabundle", Bytes.concat(bytes(0x81), string(der(root.certificate()))));
    all.put("public_key", orNull(publicKey));
    all.put("user_data", orNull(userData));
    all.put("nonce", orNull(nonce));
    all.putAll(members);
    List<Bytes> parts = new ArrayList<>();
    parts.add(bytes(0xbf));
    all.values().removeIf(Bytes::isEmpty);
    all.forEach((name, value) -> {
      parts.add(text(name));
      parts.add(value);
    });
    parts.add(bytes(0xff));
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  private X509Certificate leaf() {
    return root.issue(
        new Request(
            key.getPublic(),
            "CN=i-0123456789",
            NOW.minusSeconds(60),
            NOW.plusSeconds(3600),
            usage,
            List.of(),
            List.of()));
  }

  private Bytes sign(Bytes payload) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(signer == null ? key.getPrivate() : signer);
      signature.update(
          Bytes.concat(
                  bytes(0x84),
                  text("Signature1"),
                  string(protectedHeader),
                  bytes(0x40),
                  string(payload))
              .toArray());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Bytes registers() {
    List<Bytes> parts = new ArrayList<>();
    parts.add(head(5, pcrs.size()));
    pcrs.forEach((i, value) -> {
      parts.add(unsigned(i));
      parts.add(string(value));
    });
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  private static Bytes orNull(@Nullable Bytes value) {
    return value == null ? bytes(0xf6) : string(value);
  }

  public static Bytes string(Bytes value) {
    return Bytes.concat(head(2, value.length()), value);
  }

  public static Bytes text(String value) {
    Bytes utf8 = Bytes.ofUtf8(value);
    return Bytes.concat(head(3, utf8.length()), utf8);
  }

  public static Bytes unsigned(long value) {
    return head(0, value);
  }

  private static Bytes head(int major, long value) {
    if (value < 24) {
      return bytes(major << 5 | (int) value);
    }
    int octets = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1_0000_0000L ? 4 : 8;
    var out = new ByteWriter();
    out.u8(major << 5 | 24 + Integer.numberOfTrailingZeros(octets));
    for (int i = octets - 1; i >= 0; i--) {
      out.u8((int) (value >>> 8 * i) & 0xff);
    }
    return out.toBytes();
  }

  public static Bytes bytes(int... values) {
    var out = new ByteWriter();
    for (int value : values) {
      out.u8(value);
    }
    return out.toBytes();
  }

  private static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
