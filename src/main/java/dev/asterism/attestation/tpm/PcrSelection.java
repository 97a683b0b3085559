package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * TPMS_PCR_SELECTION (part 2, section 10.6.2): some PCRs of one bank.
 *
 * @param hash TPMI_ALG_HASH of the bank
 */
public record PcrSelection(int hash, SortedSet<Integer> pcrs) {
  /** The PCRs of every TPM 2.0 for a PC. */
  public static final int COUNT = 24;

  /** Bytes of the bit map that a PC's TPM wants at least. */
  private static final int SELECT_SIZE = 3;

  /** More than one selection for each hash that exists makes no sense; a TPM allows 16. */
  private static final int MAX_SELECTIONS = 16;

  private static final SortedSet<Integer> ALL =
      Collections.unmodifiableSortedSet(new TreeSet<>(IntStream.range(0, COUNT).boxed().toList()));

  public PcrSelection {
    pcrs = Collections.unmodifiableSortedSet(new TreeSet<>(pcrs));
  }

  /** All 24. */
  public static SortedSet<Integer> all() {
    return ALL;
  }

  /** Reads the name of a PCR in JSON: 0 to 23 in the only spelling, lest one be named twice. */
  static int index(String where, String text) throws MalformedException {
    boolean decimal =
        !text.isEmpty() && text.length() <= 2 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int index = decimal ? Integer.parseInt(text) : COUNT;
    if (index >= COUNT || !Integer.toString(index).equals(text)) {
      throw new MalformedException(where, "names something else than PCR 0 to " + (COUNT - 1));
    }
    return index;
  }

  static PcrSelection of(Digests bank, Set<Integer> pcrs) {
    return new PcrSelection(Tpm2.algorithm(bank), new TreeSet<>(pcrs));
  }

  /** Reads TPML_PCR_SELECTION. */
  static List<PcrSelection> parseList(ByteReader in) throws MalformedException {
    long count = in.u32be("pcrSelect.count");
    if (count > MAX_SELECTIONS) {
      throw new MalformedException("pcrSelect.count", in.position(), "is above " + MAX_SELECTIONS);
    }
    List<PcrSelection> list = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      int hash = in.u16be("pcrSelect.hash");
      Bytes bits = in.bytes("pcrSelect.pcrSelect", in.u8("pcrSelect.sizeofSelect"));
      List<Integer> pcrs = BitSet.valueOf(bits.toArray()).stream().boxed().toList();
      list.add(new PcrSelection(hash, new TreeSet<>(pcrs)));
    }
    return Collections.unmodifiableList(list);
  }

  /** Writes TPML_PCR_SELECTION with this one selection. */
  void writeList(ByteWriter out) {
    byte[] bits = new byte[SELECT_SIZE];
    for (int pcr : pcrs) {
      bits[pcr / 8] |= (byte) (1 << pcr % 8);
    }
    out.u32be(1).u16be(hash).u8(SELECT_SIZE).bytes(bits);
  }
}
