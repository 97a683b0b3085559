package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** TPMS_PCR_SELECTION, as the software TPM reads and writes it. */
record SoftwareSelection(Digests bank, SortedSet<Integer> pcrs) {
  private static final int SELECT_SIZE = SoftwarePcrs.COUNT / Byte.SIZE;
  private static final int MAX_SELECTIONS = 16;

  /**
   * Reads TPML_PCR_SELECTION.
   *
   * @param parameter its number in the command, for errors
   */
  static List<SoftwareSelection> readList(ByteReader in, int parameter)
      throws TpmError, MalformedException {
    long count = in.u32be("count");
    if (count > MAX_SELECTIONS) {
      throw TpmError.parameter(parameter, TpmError.SIZE);
    }
    List<SoftwareSelection> list = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Digests bank =
          Tpm2.hash(in.u16be("hash"))
              .orElseThrow(() -> TpmError.parameter(parameter, TpmError.HASH));
      if (in.u8("sizeofSelect") != SELECT_SIZE) {
        throw TpmError.parameter(parameter, TpmError.VALUE);
      }
      SortedSet<Integer> pcrs = new TreeSet<>();
      for (int octet = 0; octet < SELECT_SIZE; octet++) {
        int bits = in.u8("pcrSelect");
        for (int bit = 0; bit < Byte.SIZE; bit++) {
          if ((bits >> bit & 1) != 0) {
            pcrs.add(octet * Byte.SIZE + bit);
          }
        }
      }
      list.add(new SoftwareSelection(bank, pcrs));
    }
    return list;
  }

  static void writeList(ByteWriter out, List<SoftwareSelection> list) {
    out.u32be(list.size());
    for (SoftwareSelection selection : list) {
      byte[] bits = new byte[SELECT_SIZE];
      selection.pcrs().forEach(pcr -> bits[pcr / Byte.SIZE] |= (byte) (1 << pcr % Byte.SIZE));
      out.u16be(Tpm2.algorithm(selection.bank())).u8(SELECT_SIZE).bytes(bits);
    }
  }

  /** Of each selection, the first PCRs of allocated banks, {@code limit} in all. */
  static List<SoftwareSelection> allocated(
      List<SoftwareSelection> list, SoftwarePcrs pcrs, int limit) {
    List<SoftwareSelection> some = new ArrayList<>();
    int left = limit;
    for (SoftwareSelection selection : list) {
      SortedSet<Integer> kept = new TreeSet<>();
      if (pcrs.banks().contains(selection.bank())) {
        for (int pcr : selection.pcrs()) {
          if (kept.size() < left) {
            kept.add(pcr);
          }
        }
      }
      left -= kept.size();
      some.add(new SoftwareSelection(selection.bank(), kept));
    }
    return some;
  }
}
