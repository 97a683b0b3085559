package dev.asterism.attestation.tdx;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/**
 * An SGX REPORT body, here of the quoting enclave (Intel SDM, volume 3D, section 40.15): 384 bytes.
 *
 * @param raw all of them, which the PCK signs
 * @param cpuSvn 16 bytes
 * @param miscSelect 4 bytes
 * @param attributes 16 bytes: flags, then XFRM
 * @param mrEnclave 32 bytes
 * @param mrSigner 32 bytes
 * @param reportData 64 bytes
 */
record EnclaveReport(
    Bytes raw,
    Bytes cpuSvn,
    Bytes miscSelect,
    Bytes attributes,
    Bytes mrEnclave,
    Bytes mrSigner,
    int isvProdId,
    int isvSvn,
    Bytes reportData) {
  static final int LENGTH = 384;

  /** ATTRIBUTES.FLAGS.DEBUG. */
  private static final int DEBUG = 0x02;

  /** Reads exactly the bytes that {@code in} holds. */
  static EnclaveReport read(ByteReader in) throws MalformedException {
    int from = in.position();
    Bytes cpuSvn = in.bytes("cpuSvn", 16);
    Bytes miscSelect = in.bytes("miscSelect", 4);
    in.bytes("reserved", 28);
    Bytes attributes = in.bytes("attributes", 16);
    Bytes mrEnclave = in.bytes("mrEnclave", 32);
    in.bytes("reserved", 32);
    Bytes mrSigner = in.bytes("mrSigner", 32);
    in.bytes("reserved", 96);
    int isvProdId = in.u16le("isvProdId");
    int isvSvn = in.u16le("isvSvn");
    in.bytes("reserved", 60);
    Bytes reportData = in.bytes("reportData", 64);
    in.end();
    return new EnclaveReport(
        in.since(from),
        cpuSvn,
        miscSelect,
        attributes,
        mrEnclave,
        mrSigner,
        isvProdId,
        isvSvn,
        reportData);
  }

  /** Whether its host can read and change it. */
  boolean isDebug() {
    return (attributes.at(0) & DEBUG) != 0;
  }
}
