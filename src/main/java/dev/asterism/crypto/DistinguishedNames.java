package dev.asterism.crypto;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Distinguished names that are one common name and nothing else. */
public final class DistinguishedNames {
  private static final Bytes COMMON_NAME = Der.oid("2.5.4.3");

  /** PrintableString, X.680 section 41.4. Every character of base64 is one. */
  private static final Pattern PRINTABLE = Pattern.compile("[A-Za-z0-9 '()+,./:=?-]*");

  private DistinguishedNames() {}

  /** {@code CN=commonName} in DER: a PrintableString where it can be, else UTF-8. */
  public static Bytes ofCommonName(String commonName) {
    int tag = PRINTABLE.matcher(commonName).matches() ? Der.PRINTABLE_STRING : Der.UTF8_STRING;
    Bytes attribute = Der.tlv(Der.SEQUENCE, COMMON_NAME, Der.tlv(tag, Bytes.ofUtf8(commonName)));
    return Der.tlv(Der.SEQUENCE, Der.tlv(Der.SET, attribute));
  }

  /**
   * The common name of a distinguished name that has only this.
   *
   * @throws MalformedException if it is another name, or not DER
   */
  public static String commonName(Bytes der) throws MalformedException {
    ByteReader in = der.reader("name");
    ByteReader name = Der.enter(in, Der.SEQUENCE, "name");
    ByteReader set = Der.enter(name, Der.SET, "name");
    ByteReader attribute = Der.enter(set, Der.SEQUENCE, "name");
    if (!Der.whole(attribute, Der.OID, "name").equals(COMMON_NAME)) {
      throw new MalformedException("name", "is not a common name");
    }
    int tag = attribute.peek() == Der.PRINTABLE_STRING ? Der.PRINTABLE_STRING : Der.UTF8_STRING;
    Bytes value = Der.content(attribute, tag, "commonName");
    attribute.end();
    set.end();
    name.end();
    in.end();
    return new String(value.toArray(), StandardCharsets.UTF_8);
  }
}
