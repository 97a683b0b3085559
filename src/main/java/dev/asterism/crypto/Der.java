package dev.asterism.crypto;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;

/**
 * The little DER (X.690) that an attested connection needs on its hot path, where a general library
 * costs more than the signature.
 */
public final class Der {
  /** No identifier in use comes near, and dotted it is three times as long. */
  private static final int MAX_OID = 64;

  static final int BOOLEAN = 0x01;
  public static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int OID = 0x06;
  public static final int UTF8_STRING = 0x0c;
  public static final int PRINTABLE_STRING = 0x13;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  public static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /** The years that UTCTime can name in a certificate (RFC 5280, section 4.1.2.5). */
  private static final int UTC_TIME_FIRST_YEAR = 1950;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private Der() {}

  /** A constructed, context-specific tag. */
  public static int context(int number) {
    return 0xa0 | number;
  }

  /** Tag, minimal length, then the parts one after the other. */
  public static Bytes tlv(int tag, Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    var out = new ByteWriter().u8(tag);
    if (length < 0x80) {
      out.u8(length);
    } else {
      int octets = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.u8(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        out.u8(length >>> (8 * i) & 0xff);
      }
    }
    for (Bytes part : parts) {
      out.bytes(part);
    }
    return out.toBytes();
  }

  /** A bit string of whole bytes. */
  static Bytes bits(Bytes value) {
    return tlv(BIT_STRING, Bytes.of(new byte[] {0}), value);
  }

  /** An object identifier from its dotted form. */
  public static Bytes oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    if (arcs.length < 2) {
      throw new IllegalArgumentException("not an object identifier: " + dotted);
    }
    var out = new ByteWriter();
    arc(out, 40L * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      arc(out, Long.parseLong(arcs[i]));
    }
    return tlv(OID, out.toBytes());
  }

  private static void arc(ByteWriter out, long value) {
    for (int shift = 63 / 7 * 7; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.u8(((int) (value >>> shift) & 0x7f) | 0x80);
      }
    }
    out.u8((int) value & 0x7f);
  }

  /** The time in seconds, as a certificate spells it. */
  static Bytes time(Instant at) {
    LocalDateTime utc = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    String text = TIME.format(utc);
    boolean isShort =
        utc.getYear() >= UTC_TIME_FIRST_YEAR && utc.getYear() < UTC_TIME_FIRST_YEAR + 100;
    return isShort
        ? tlv(UTC_TIME, Bytes.ofUtf8(text.substring(2)))
        : tlv(GENERALIZED_TIME, Bytes.ofUtf8(text));
  }

  /** Enters the next value, which must have that tag. */
  public static ByteReader enter(ByteReader in, int tag, String field) throws MalformedException {
    int at = in.position();
    int found = in.u8(field);
    if (found != tag) {
      throw new MalformedException(
          field, at, "needs DER tag 0x" + Integer.toHexString(tag) + ", has another");
    }
    return in.narrow(field, length(in, field));
  }

  /** The content of the next value, which must have that tag. */
  public static Bytes content(ByteReader in, int tag, String field) throws MalformedException {
    return enter(in, tag, field).rest(field);
  }

  /** The next value of that tag whole, with tag and length. */
  public static Bytes whole(ByteReader in, int tag, String field) throws MalformedException {
    int from = in.position();
    var _ = enter(in, tag, field);
    return in.since(from);
  }

  /** A bit string of whole bytes. */
  static Bytes bits(ByteReader in, String field) throws MalformedException {
    ByteReader bits = enter(in, BIT_STRING, field);
    if (bits.u8(field) != 0) {
      throw new MalformedException(field, bits.position() - 1, "does not end on a whole byte");
    }
    return bits.rest(field);
  }

  /** An object identifier in its dotted form. */
  public static String oid(ByteReader in, String field) throws MalformedException {
    ByteReader content = enter(in, OID, field);
    if (content.remaining() > MAX_OID) {
      throw new MalformedException(field, content.position(), "is longer than any identifier");
    }
    long first = arc(content, field);
    long root = Math.min(first / 40, 2);
    var dotted = new StringBuilder().append(root).append('.').append(first - 40 * root);
    while (content.remaining() > 0) {
      dotted.append('.').append(arc(content, field));
    }
    return dotted.toString();
  }

  private static long arc(ByteReader in, String field) throws MalformedException {
    int at = in.position();
    long value = 0;
    while (true) {
      int octet = in.u8(field);
      if ((value == 0 && octet == 0x80) || value >>> (63 - 7) != 0) {
        throw new MalformedException(field, at, "has an arc that is padded or too large");
      }
      value = value << 7 | (octet & 0x7f);
      if ((octet & 0x80) == 0) {
        return value;
      }
    }
  }

  /** A time of a certificate: UTC, to the second. */
  static Instant time(ByteReader in, String field) throws MalformedException {
    int at = in.position();
    boolean isShort = in.peek() == UTC_TIME;
    Bytes content = content(in, isShort ? UTC_TIME : GENERALIZED_TIME, field);
    String text = ascii(content);
    try {
      String century = isShort ? text.compareTo("5") < 0 ? "20" : "19" : "";
      return LocalDateTime.parse(century + text, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedException(field, at, "is not a time in UTC with seconds");
    }
  }

  /** ASCII; other bytes become a character that no ASCII text has. */
  static String ascii(Bytes value) {
    return new String(value.toArray(), StandardCharsets.US_ASCII);
  }

  private static long length(ByteReader in, String field) throws MalformedException {
    int at = in.position();
    int first = in.u8(field);
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets > 4) {
      throw new MalformedException(field, at, "has a length that DER or this reader forbids");
    }
    long length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | in.u8(field);
    }
    if (length < 0x80 || length >>> (8 * (octets - 1)) == 0) {
      throw new MalformedException(field, at, "has a length that is not minimal");
    }
    return length;
  }
}
