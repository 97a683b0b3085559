package dev.asterism.attestation.snp;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * OVMF as QEMU reads it: an image that ends at 4 GiB, with a table of GUIDs before its reset vector
 * (edk2, OvmfPkg/ResetVector).
 *
 * @param sections pages that the hypervisor adds
 * @param resetAddress where processors other than the first begin
 * @param hashTable where the hashes of a direct boot go; empty where the image cannot take them
 */
record Firmware(Bytes image, List<Section> sections, long resetAddress, Optional<Long> hashTable) {
  private static final long FOUR_GIB = 1L << 32;
  private static final int LARGEST = 64 * 1024 * 1024;

  /** Between the table and the end: the reset vector. */
  private static final int RESET_VECTOR = 32;

  private static final String FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";
  private static final String HASH_TABLE = "7255371f-3a3b-4b04-927b-1da6efa8d454";
  private static final String RESET_BLOCK = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
  private static final String METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
  private static final long MAGIC = 0x56455341; // "ASEV"
  private static final int MAX_SECTIONS = 64;

  /** What a section is for. */
  record Section(long address, long length, Kind kind) {}

  /** As the metadata's numbers have it. */
  enum Kind {
    ZEROS,
    SECRETS,
    CPUID,
    HASHES;

    static Optional<Kind> of(long number) {
      return switch ((int) number) {
        case 1, 4 -> Optional.of(ZEROS);
        case 2 -> Optional.of(SECRETS);
        case 3 -> Optional.of(CPUID);
        case 0x10 -> Optional.of(HASHES);
        default -> Optional.empty();
      };
    }
  }

  static Firmware parse(Bytes image) throws MalformedException {
    if (image.length() > LARGEST || image.length() % PageInfo.PAGE != 0 || image.isEmpty()) {
      throw new MalformedException("OVMF", "is no image of whole pages");
    }
    Map<String, Bytes> table = table(image);
    Bytes reset = table.get(RESET_BLOCK);
    Bytes metadata = table.get(METADATA);
    Bytes hashes = table.get(HASH_TABLE);
    if (reset == null || metadata == null) {
      throw new MalformedException("OVMF", "was not built for SEV-SNP: it has no SEV metadata");
    }
    return new Firmware(
        image,
        sections(image, metadata.reader("SEV metadata offset").u32le("offset")),
        reset.reader("SEV-ES reset block").u32le("address"),
        hashes == null
            ? Optional.empty()
            : Optional.of(hashes.reader("SEV hash table").u32le("address")));
  }

  /** Where the image begins in the guest's memory. */
  long address() {
    return FOUR_GIB - image.length();
  }

  /** Entries by GUID, read from the end: content, then length u16, then GUID. */
  private static Map<String, Bytes> table(Bytes image) throws MalformedException {
    int end = image.length() - RESET_VECTOR;
    Bytes footer = image.slice(end - 18, end);
    if (!footer.slice(2, 18).equals(guid(FOOTER))) {
      throw new MalformedException("OVMF", "has no table of GUIDs before its reset vector");
    }
    int length = footer.reader("footer").u16le("length");
    int from = end - length;
    int at = end - 18;
    if (from < 0 || length < 18) {
      throw new MalformedException("OVMF", "has a table of GUIDs that is longer than the image");
    }
    Map<String, Bytes> entries = new HashMap<>();
    while (at - from >= 18) {
      Bytes entry = image.slice(at - 18, at);
      int size = entry.reader("entry").u16le("length");
      if (size < 18 || size > at - from) {
        throw new MalformedException("OVMF", "has a table entry of an impossible length");
      }
      for (String known : List.of(HASH_TABLE, RESET_BLOCK, METADATA)) {
        if (entry.slice(2, 18).equals(guid(known))) {
          entries.put(known, image.slice(at - size, at - 18));
        }
      }
      at -= size;
    }
    return entries;
  }

  private static List<Section> sections(Bytes image, long offsetFromEnd) throws MalformedException {
    if (offsetFromEnd < 16 || offsetFromEnd > image.length()) {
      throw new MalformedException("SEV metadata", "is outside the image");
    }
    ByteReader in =
        image.slice((int) (image.length() - offsetFromEnd), image.length()).reader("SEV metadata");
    if (in.u32le("signature") != MAGIC) {
      throw new MalformedException("SEV metadata", "does not begin with ASEV");
    }
    in.u32le("length");
    in.u32le("version");
    long count = in.u32le("count");
    if (count > MAX_SECTIONS) {
      throw new MalformedException("SEV metadata", "has more than " + MAX_SECTIONS + " sections");
    }
    List<Section> sections = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      long address = in.u32le("address");
      long length = in.u32le("length");
      Kind kind =
          Kind.of(in.u32le("kind"))
              .orElseThrow(
                  () -> new MalformedException("SEV metadata", "has a section of unknown kind"));
      if (length > LARGEST) {
        throw new MalformedException("SEV metadata", "has a section that is too long");
      }
      sections.add(new Section(address, length, kind));
    }
    return sections;
  }

  /** In memory the first three groups are little endian. */
  static Bytes guid(String printed) {
    String[] groups = printed.split("-", -1);
    var out =
        new ByteWriter()
            .u32le(Long.parseLong(groups[0], 16))
            .u16le(Integer.parseInt(groups[1], 16))
            .u16le(Integer.parseInt(groups[2], 16))
            .u16be(Integer.parseInt(groups[3], 16));
    long node = Long.parseLong(groups[4], 16);
    return out.u16be((int) (node >>> 32)).u32be(node & 0xffff_ffffL).toBytes();
  }
}
