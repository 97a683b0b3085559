package dev.asterism.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CBOR (RFC 8949) as signed documents use it: integers, strings, lists, maps, tags, true, false and
 * null. Strings of indefinite length, floating point and lengths in a longer form than needed are
 * refused, as are maps that name a key twice.
 */
public sealed interface Cbor {
  /** Deeper than any signed document nests. */
  int MAX_DEPTH = 8;

  /** An integer of major type 0 or 1; those that a long does not hold are refused. */
  record Int(long value) implements Cbor {}

  record ByteString(Bytes value) implements Cbor {}

  record Text(String value) implements Cbor {}

  record Items(List<Cbor> values) implements Cbor {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** Entries in the order of the document. */
  record Entries(Map<Cbor, Cbor> values) implements Cbor {
    public Entries {
      values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  record Tagged(long tag, Cbor value) implements Cbor {}

  record Bool(boolean value) implements Cbor {}

  record Null() implements Cbor {}

  /**
   * Reads one item that fills all of {@code bytes}.
   *
   * @throws MalformedException naming {@code what} and the offset
   */
  static Cbor parse(String what, Bytes bytes) throws MalformedException {
    ByteReader in = bytes.reader(what);
    Cbor item = Reading.item(what, in, 0);
    in.end();
    return item;
  }

  /** Reads one item; what follows it is left there: a device's buffer is longer than its answer. */
  static Cbor read(String what, ByteReader in) throws MalformedException {
    return Reading.item(what, in, 0);
  }

  /** As it is written: lengths in the shortest form, entries in their order. */
  default Bytes encode() {
    var out = new ByteWriter();
    Writing.item(out, this);
    return out.toBytes();
  }

  /** The head of a byte string of that length, as it is written. */
  static Bytes head(int length) {
    var out = new ByteWriter();
    Writing.head(out, Reading.BYTES, length);
    return out.toBytes();
  }

  /** How it is written. */
  final class Writing {
    private Writing() {}

    private static void item(ByteWriter out, Cbor item) {
      switch (item) {
        case Int(long value) -> head(out, value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
        case ByteString(Bytes value) -> string(out, Reading.BYTES, value);
        case Text(String value) -> string(out, 3, Bytes.ofUtf8(value));
        case Items(List<Cbor> values) -> {
          head(out, 4, values.size());
          values.forEach(value -> item(out, value));
        }
        case Entries(Map<Cbor, Cbor> values) -> {
          head(out, 5, values.size());
          values.forEach((key, value) -> {
            item(out, key);
            item(out, value);
          });
        }
        case Tagged(long tag, Cbor value) -> {
          head(out, 6, tag);
          item(out, value);
        }
        case Bool(boolean value) -> out.u8(value ? 0xf5 : 0xf4);
        case Null() -> out.u8(0xf6);
      }
    }

    private static void string(ByteWriter out, int major, Bytes content) {
      head(out, major, content.length());
      out.bytes(content);
    }

    private static void head(ByteWriter out, int major, long argument) {
      if (argument < Reading.ONE_BYTE) {
        out.u8(major << 5 | (int) argument);
        return;
      }
      int size = 0;
      while (argument >>> (8 << size) != 0 && size < 3) {
        size++;
      }
      out.u8(major << 5 | Reading.ONE_BYTE + size);
      for (int shift = (8 << size) - 8; shift >= 0; shift -= 8) {
        out.u8((int) (argument >>> shift) & 0xff);
      }
    }
  }

  /** How it is read. */
  final class Reading {
    private static final int BYTES = 2;
    private static final int ONE_BYTE = 24;
    private static final int EIGHT_BYTES = 27;
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xff;

    private Reading() {}

    private static Cbor item(String what, ByteReader in, int depth) throws MalformedException {
      if (depth > MAX_DEPTH) {
        throw new MalformedException(what, in.position(), "nests too deeply");
      }
      int at = in.position();
      int head = in.u8(what);
      int detail = head & 0x1f;
      return switch (head >>> 5) {
        case 0 -> new Int(whole(what, in, detail));
        case 1 -> new Int(-1 - whole(what, in, detail));
        case BYTES -> new ByteString(in.bytes(what, whole(what, in, detail)));
        case 3 -> new Text(text(what, in.position(), in.bytes(what, whole(what, in, detail))));
        case 4 -> items(what, in, detail, depth);
        case 5 -> entries(what, in, detail, depth);
        case 6 -> new Tagged(whole(what, in, detail), item(what, in, depth + 1));
        default -> simple(what, at, detail);
      };
    }

    /** The argument of a head; never negative. */
    private static long whole(String what, ByteReader in, int detail) throws MalformedException {
      int at = in.position();
      if (detail < ONE_BYTE) {
        return detail;
      }
      if (detail > EIGHT_BYTES) {
        throw new MalformedException(what, at, "has a length of a form that is not taken");
      }
      int octets = 1 << (detail - ONE_BYTE);
      long value = 0;
      for (int i = 0; i < octets; i++) {
        value = value << 8 | in.u8(what);
      }
      long least = octets == 1 ? ONE_BYTE : 1L << (octets * 4);
      if (value < least) {
        throw new MalformedException(what, at, "has a number that is too large or not minimal");
      }
      return value;
    }

    private static String text(String what, int at, Bytes utf8) throws MalformedException {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(utf8.toArray()))
            .toString();
      } catch (CharacterCodingException e) {
        throw new MalformedException(what, at, "has a text that is not UTF-8");
      }
    }

    private static Items items(String what, ByteReader in, int detail, int depth)
        throws MalformedException {
      long left = detail == INDEFINITE ? Long.MAX_VALUE : whole(what, in, detail);
      var values = new ArrayList<Cbor>();
      for (; left > 0 && !ends(what, in, detail); left--) {
        values.add(item(what, in, depth + 1));
      }
      return new Items(values);
    }

    private static Entries entries(String what, ByteReader in, int detail, int depth)
        throws MalformedException {
      long left = detail == INDEFINITE ? Long.MAX_VALUE : whole(what, in, detail);
      var values = new LinkedHashMap<Cbor, Cbor>();
      for (; left > 0 && !ends(what, in, detail); left--) {
        int at = in.position();
        Cbor key = item(what, in, depth + 1);
        if (values.put(key, item(what, in, depth + 1)) != null) {
          throw new MalformedException(what, at, "names a key twice");
        }
      }
      return new Entries(values);
    }

    private static boolean ends(String what, ByteReader in, int detail) throws MalformedException {
      boolean ends = detail == INDEFINITE && in.peek() == BREAK;
      if (ends) {
        in.u8(what);
      }
      return ends;
    }

    private static Cbor simple(String what, int at, int detail) throws MalformedException {
      return switch (detail) {
        case 20 -> new Bool(false);
        case 21 -> new Bool(true);
        case 22 -> new Null();
        default -> throw new MalformedException(what, at, "has a value of a kind not taken");
      };
    }
  }
}
