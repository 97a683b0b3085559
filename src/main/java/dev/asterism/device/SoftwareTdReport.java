package dev.asterism.device;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * TDREPORT_STRUCT (Intel TDX module 1.0 specification, section 22.6) as a software TDX module makes
 * it: what is not here is as in {@link SoftwareQuote}, or zero.
 *
 * @param mrTd MRTD, 48 bytes
 * @param rtmrs RTMR 0 to 3
 */
record SoftwareTdReport(Bytes reportData, Bytes mrTd, List<Bytes> rtmrs) {
  private static final String WHAT = "TDREPORT";
  private static final int TDX = 0x81;
  private static final int MAC = 32;
  private static final int REPORT_MAC_STRUCT = 256;
  private static final int TEE_TCB_INFO = 239;
  private static final int RESERVED = 17;
  private static final int TD_INFO = 512;
  private static final int BEFORE_MRTD = 16;
  private static final int OWNERS = 144;

  SoftwareTdReport {
    rtmrs = List.copyOf(rtmrs);
  }

  Bytes make(Bytes macKey) {
    ByteWriter info = new ByteWriter().bytes(Bytes.zeros(BEFORE_MRTD)).bytes(mrTd);
    info.bytes(Bytes.zeros(OWNERS));
    rtmrs.forEach(info::bytes);
    Bytes tdInfo = info.toBytes();
    Bytes head =
        new ByteWriter()
            .u8(TDX)
            .bytes(Bytes.zeros(127))
            .bytes(reportData)
            .bytes(Bytes.zeros(REPORT_MAC_STRUCT - MAC - 128 - reportData.length()))
            .toBytes();
    Bytes body =
        Bytes.concat(
            Bytes.zeros(TEE_TCB_INFO + RESERVED), tdInfo, Bytes.zeros(TD_INFO - tdInfo.length()));
    return Bytes.concat(head, mac(macKey, head, body), body);
  }

  /** As the quoting enclave reads it. */
  static SoftwareTdReport read(Bytes raw, Bytes macKey) throws MalformedException {
    ByteReader in = raw.reader(WHAT);
    int headLength = REPORT_MAC_STRUCT - MAC;
    Bytes head = in.bytes(WHAT, headLength);
    Bytes mac = in.bytes("MAC", MAC);
    Bytes body = in.bytes(WHAT, TEE_TCB_INFO + RESERVED + TD_INFO);
    in.end();
    if (!mac(macKey, head, body).equals(mac)) {
      throw new MalformedException(WHAT, "was not made by the TDX module of this platform");
    }
    ByteReader info = body.reader(WHAT);
    info.bytes("TEE_TCB_INFO", TEE_TCB_INFO + RESERVED + BEFORE_MRTD);
    Bytes mrTd = info.bytes("MRTD", TdxGuest.REGISTER);
    info.bytes("owners", OWNERS);
    var rtmrs = new ArrayList<Bytes>();
    for (int i = 0; i < 4; i++) {
      rtmrs.add(info.bytes("RTMR", TdxGuest.REGISTER));
    }
    return new SoftwareTdReport(head.slice(128, 192), mrTd, rtmrs);
  }

  private static Bytes mac(Bytes key, Bytes head, Bytes body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
      return Bytes.of(mac.doFinal(Bytes.concat(head, body).toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC", e);
    }
  }
}
