package dev.asterism.attestation.tdx;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the TDX module says of a TD (TD Quote Body, Intel TDX DCAP Quoting Library API, appendix
 * A.3.2): 584 bytes of TDX 1.0, 648 of TDX 1.5. Registers have 48 bytes.
 *
 * @param teeTcbSvn 16 bytes: SVN of the TDX module (minor, major), then of its parts
 * @param mrSeam the TDX module
 * @param mrSignerSeam who signed it: zero is Intel
 * @param seamAttributes 8 bytes
 * @param tdAttributes 8 bytes, little endian; see {@link TdAttributes}
 * @param xfam 8 bytes: which extended CPU features the TD may use
 * @param mrTd the initial image of the TD
 * @param rtmrs four
 * @param reportData 64 bytes, the guest's
 * @param teeTcbSvn2 16 bytes, the SVNs now; null in TDX 1.0
 * @param mrServiceTd service TDs bound to this one; null in TDX 1.0
 */
record TdQuoteBody(
    Bytes teeTcbSvn,
    Bytes mrSeam,
    Bytes mrSignerSeam,
    Bytes seamAttributes,
    Bytes tdAttributes,
    Bytes xfam,
    Bytes mrTd,
    Bytes mrConfigId,
    Bytes mrOwner,
    Bytes mrOwnerConfig,
    List<Bytes> rtmrs,
    Bytes reportData,
    @Nullable Bytes teeTcbSvn2,
    @Nullable Bytes mrServiceTd) {

  static final int LENGTH_10 = 584;
  static final int LENGTH_15 = 648;
  static final int SVN = 16;
  static final int ATTRIBUTES = 8;
  static final int REGISTER = 48;
  static final int REPORT_DATA = 64;
  static final int RTMRS = 4;

  TdQuoteBody {
    rtmrs = List.copyOf(rtmrs);
  }

  /** Reads a body of exactly the bytes that {@code in} holds, one of the two lengths. */
  static TdQuoteBody read(ByteReader in) throws MalformedException {
    boolean tdx15 = in.remaining() == LENGTH_15;
    Bytes teeTcbSvn = in.bytes("teeTcbSvn", SVN);
    Bytes mrSeam = in.bytes("mrSeam", REGISTER);
    Bytes mrSignerSeam = in.bytes("mrSignerSeam", REGISTER);
    Bytes seamAttributes = in.bytes("seamAttributes", ATTRIBUTES);
    Bytes tdAttributes = in.bytes("tdAttributes", ATTRIBUTES);
    Bytes xfam = in.bytes("xfam", ATTRIBUTES);
    Bytes mrTd = in.bytes("mrTd", REGISTER);
    Bytes mrConfigId = in.bytes("mrConfigId", REGISTER);
    Bytes mrOwner = in.bytes("mrOwner", REGISTER);
    Bytes mrOwnerConfig = in.bytes("mrOwnerConfig", REGISTER);
    List<Bytes> rtmrs = new ArrayList<>();
    for (int i = 0; i < RTMRS; i++) {
      rtmrs.add(in.bytes("rtmr" + i, REGISTER));
    }
    TdQuoteBody body =
        new TdQuoteBody(
            teeTcbSvn,
            mrSeam,
            mrSignerSeam,
            seamAttributes,
            tdAttributes,
            xfam,
            mrTd,
            mrConfigId,
            mrOwner,
            mrOwnerConfig,
            rtmrs,
            in.bytes("reportData", REPORT_DATA),
            tdx15 ? in.bytes("teeTcbSvn2", SVN) : null,
            tdx15 ? in.bytes("mrServiceTd", REGISTER) : null);
    in.end();
    return body;
  }

  /** The major version of the TDX module: 0 for the modules of TDX 1.0. */
  int moduleVersion() {
    return teeTcbSvn.at(1);
  }

  /** The SVN of the TDX module within that version. */
  int moduleSvn() {
    return teeTcbSvn.at(0);
  }

  /** As the wire contract counts them: 0 is MRTD, 1 to 4 are RTMR 0 to 3. */
  SortedMap<Integer, Bytes> measurements() {
    SortedMap<Integer, Bytes> all = new TreeMap<>();
    all.put(0, mrTd);
    for (int i = 0; i < RTMRS; i++) {
      all.put(i + 1, rtmrs.get(i));
    }
    return all;
  }
}
