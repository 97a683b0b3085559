package dev.asterism.attestation.snp;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The certificates that the host hands out with a report (AMD 56421, certificate table): in any
 * order, with gaps, before and after an all-zero entry that ends the list.
 *
 * @param entries as listed
 */
public record CertificateTable(List<Entry> entries) {
  /** The VCEK's certificate. */
  public static final Bytes VCEK = guid("63da758de6644564adc5f4b93be8accd");

  /** The VLEK's certificate. */
  public static final Bytes VLEK = guid("a8074bc2a25a483eaae639c045a0b8a1");

  /** That of the ASK; providers with a VLEK put the ASVK's here. */
  public static final Bytes ASK = guid("4ab7b379bbac4fe4a02f05aef327c782");

  public static final Bytes ARK = guid("c0b406a4a803495297433fb6014cd0ae");

  /** The revocation list that the ARK signs. */
  public static final Bytes CRL = guid("92f81bc358114d3d97ffd19f88dc67ea");

  /** The kernel gives four pages at most; certificates of a dozen kinds fit well. */
  private static final int LARGEST = 64 * 1024;

  private static final int MAX_ENTRIES = 32;
  private static final int GUID = 16;
  private static final int ENTRY = GUID + 4 + 4;

  /**
   * One thing in the table.
   *
   * @param guid 16 bytes, in the order in which it is printed
   */
  public record Entry(Bytes guid, Bytes content) {}

  public CertificateTable {
    entries = List.copyOf(entries);
  }

  /** Reads a table; bytes that no entry names are skipped, as hosts pad to whole pages. */
  public static CertificateTable parse(Bytes table) throws MalformedException {
    if (table.length() > LARGEST) {
      throw new MalformedException("certificate table", "is larger than " + LARGEST + " bytes");
    }
    List<Entry> entries = new ArrayList<>();
    long first = table.length();
    Set<Bytes> seen = new HashSet<>();
    ByteReader in = table.reader("certificate table");
    while (true) {
      int at = in.position();
      Bytes guid = in.bytes("guid", GUID);
      long offset = in.u32le("offset");
      long length = in.u32le("length");
      if (guid.isAllZero()) {
        if (offset != 0 || length != 0) {
          throw new MalformedException(
              "certificate table", at, "ends in an entry that is not zero");
        }
        break;
      }
      if (entries.size() == MAX_ENTRIES) {
        throw new MalformedException("certificate table", at, "has more than " + MAX_ENTRIES);
      }
      if (!seen.add(guid)) {
        throw new MalformedException("certificate table", at, "has two entries of one kind");
      }
      if (offset + length > table.length()) {
        throw new MalformedException("certificate table", at, "points behind its end");
      }
      first = length == 0 ? first : Math.min(first, offset);
      entries.add(new Entry(guid, table.slice((int) offset, (int) (offset + length))));
    }
    if (first < in.position()) {
      throw new MalformedException("certificate table", "has a certificate inside its own list");
    }
    return new CertificateTable(entries);
  }

  /** The content of one kind; empty where there is none. */
  public Optional<Bytes> find(Bytes guid) {
    for (Entry entry : entries) {
      if (entry.guid().equals(guid) && !entry.content().isEmpty()) {
        return Optional.of(entry.content());
      }
    }
    return Optional.empty();
  }

  /** The list, then the contents without gaps. */
  public Bytes encode() {
    int offset = ENTRY * (entries.size() + 1);
    var out = new ByteWriter();
    for (Entry entry : entries) {
      out.bytes(entry.guid()).u32le(offset).u32le(entry.content().length());
      offset += entry.content().length();
    }
    out.bytes(Bytes.zeros(ENTRY));
    entries.forEach(e -> out.bytes(e.content()));
    return out.toBytes();
  }

  private static Bytes guid(String hex) {
    try {
      return Bytes.ofHex("guid", hex);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
