package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * How Intel's quoting enclave looks (PCS API v4, enclave identity version 2).
 *
 * @param id {@code TD_QE}
 * @param miscSelect 4 bytes, under the mask
 * @param attributes 16 bytes, under the mask
 * @param mrSigner 32 bytes
 */
record QeIdentity(
    String id,
    int version,
    Period period,
    int evaluationNumber,
    Bytes miscSelect,
    Bytes miscSelectMask,
    Bytes attributes,
    Bytes attributesMask,
    Bytes mrSigner,
    int isvProdId,
    List<IsvLevel> levels) {
  static final String MEMBER = "enclaveIdentity";

  QeIdentity {
    levels = List.copyOf(levels);
  }

  static QeIdentity of(SignedJson signed) throws MalformedException {
    ObjectNode json = signed.content(MEMBER);
    return new QeIdentity(
        Json.string(json, "id"),
        CollateralJson.number(json, "version", 0xffff),
        CollateralJson.period(json),
        CollateralJson.number(json, "tcbEvaluationDataNumber", Integer.MAX_VALUE),
        CollateralJson.bytes(json, "miscselect", 4),
        CollateralJson.bytes(json, "miscselectMask", 4),
        CollateralJson.bytes(json, "attributes", 16),
        CollateralJson.bytes(json, "attributesMask", 16),
        CollateralJson.bytes(json, "mrsigner", 32),
        CollateralJson.number(json, "isvprodid", 0xffff),
        CollateralJson.isvLevels(json));
  }

  /** The first thing about an enclave that is not as it must be; empty where all is. */
  String difference(EnclaveReport report) {
    if (!report.mrSigner().equals(mrSigner)) {
      return "MRSIGNER is " + report.mrSigner().hex();
    }
    if (report.isvProdId() != isvProdId) {
      return "ISVPRODID is " + report.isvProdId();
    }
    if (!Masked.equal(report.miscSelect(), miscSelect, miscSelectMask)) {
      return "MISCSELECT is " + report.miscSelect().hex();
    }
    if (!Masked.equal(report.attributes(), attributes, attributesMask)) {
      return "ATTRIBUTES are " + report.attributes().hex();
    }
    return "";
  }
}
