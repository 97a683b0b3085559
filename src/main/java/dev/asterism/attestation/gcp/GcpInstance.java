package dev.asterism.attestation.gcp;

import dev.asterism.crypto.Der;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Which instance an attestation key's certificate was issued to: extension
 * 1.3.6.1.4.1.11129.2.1.21, {@code SEQUENCE {zone, project number, project id, instance id,
 * instance name, [0] {[0] security version, [1] is production}}}.
 *
 * @param instanceId decimal, as Google writes it
 */
record GcpInstance(String zone, String projectId, String instanceId, String name) {
  private static final String OID = "1.3.6.1.4.1.11129.2.1.21";
  private static final String WHAT = "instance of the certificate";

  /** Empty where the certificate has no such extension. */
  static Optional<GcpInstance> of(X509Certificate certificate) throws MalformedException {
    byte[] extension = certificate.getExtensionValue(OID);
    if (extension == null) {
      return Optional.empty();
    }
    ByteReader value = Der.enter(whole(Bytes.of(extension)), Der.OCTET_STRING, WHAT);
    ByteReader in = Der.enter(value, Der.SEQUENCE, WHAT);
    value.end();
    String zone = text(in);
    var _ = number(in);
    String project = text(in);
    String instance = number(in);
    String name = text(in);
    // Security version and production flag: nothing here depends on them.
    return Optional.of(new GcpInstance(zone, project, instance, name));
  }

  private static ByteReader whole(Bytes der) {
    return der.reader(WHAT);
  }

  private static String text(ByteReader in) throws MalformedException {
    Bytes utf8 = Der.content(in, Der.UTF8_STRING, WHAT);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8.toArray())).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException(WHAT, in.position(), "has a text that is not UTF-8");
    }
  }

  private static String number(ByteReader in) throws MalformedException {
    Bytes value = Der.content(in, Der.INTEGER, WHAT);
    if (value.isEmpty() || value.length() > Long.BYTES + 1) {
      throw new MalformedException(WHAT, in.position(), "has a number of no sensible size");
    }
    return new BigInteger(value.toArray()).toString();
  }
}
