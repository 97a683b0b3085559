package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.Der;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What TDs, their hosts and whoever serves collateral say. */
public final class TdxFuzz {
  private static final Pcs.Issuer INTEL = answer -> ForgedTdx.VENDOR.rootCertificate();
  private static final EndorsementRequest TCB_INFO = Pcs.tcbInfo(SoftwareTdxVendor.FMSPC, INTEL);
  private static final String TCB_HEADER = "TCB-Info-Issuer-Chain";
  private static final String QE_HEADER = "SGX-Enclave-Identity-Issuer-Chain";
  private static final Map<String, Bytes> COLLATERAL = ForgedTdx.genuine().collateral();
  private static final String CHAIN =
      URLEncoder.encode(
          new String(ForgedTdx.VENDOR.signerChain().toArray(), StandardCharsets.US_ASCII),
          StandardCharsets.US_ASCII);

  private TdxFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("TdQuote", TdQuote::parse, TdxFuzz::quotes),
        FuzzTarget.of(
            "QuoteCertificationData",
            data -> QuoteSignature.read(data.reader("signatureData"), new PckChains()),
            TdxFuzz::certificationData),
        FuzzTarget.of("PckExtension", PckExtension::parse, TdxFuzz::extensions),
        FuzzTarget.of(
            "TcbInfo",
            json -> TcbInfo.of(SignedJson.parse(TcbInfo.MEMBER, json)),
            () -> List.of(ForgedTdx.genuine().collateral().get("tcb-info.json"))),
        FuzzTarget.of(
            "QeIdentity",
            json -> QeIdentity.of(SignedJson.parse(QeIdentity.MEMBER, json)),
            () -> List.of(ForgedTdx.genuine().collateral().get("qe-identity.json"))),
        FuzzTarget.of(
                "TdxDocument",
                json -> TdxDocument.parse(TdxBinding.METAL, json),
                TdxFuzz::documents)
            .writing(document -> document.write(TdxBinding.METAL)),
        FuzzTarget.ofText(
                "TdxPolicy",
                text -> TdxPolicyJson.parse(Json.object("config", text)),
                TdxFuzz::configs)
            .quoting("the operator must know which register of his own file is meant"),
        FuzzTarget.of("TdxVerification", TdxFuzz::judge, TdxFuzz::quotes),
        FuzzTarget.of(
            "PcsTcbInfo",
            body -> inspect(TCB_INFO, body, TCB_HEADER, CHAIN),
            () -> List.of(body("tcb-info.json"))),
        FuzzTarget.of(
            "PcsQeIdentity",
            body -> inspect(Pcs.qeIdentity(INTEL), body, QE_HEADER, CHAIN),
            () -> List.of(body("qe-identity.json"))),
        FuzzTarget.ofText(
            "PcsIssuerChain",
            header -> inspect(TCB_INFO, body("tcb-info.json"), TCB_HEADER, header),
            () -> List.of(CHAIN, CHAIN.replace("+", "%20"))),
        FuzzTarget.of(
            "PcsCrl",
            body -> inspect(Pcs.rootCrl(INTEL, true), body, "", ""),
            TdxFuzz::revocationLists));
  }

  /** What Intel's service answers, as caches inspect it. */
  private static Endorsement.Life inspect(
      EndorsementRequest request, Bytes body, String header, String value)
      throws MalformedException {
    return request.inspection().inspect(new Endorsement(body, Map.of(header, value)));
  }

  private static Bytes body(String file) {
    return COLLATERAL.get(file);
  }

  /** As Intel writes it, and as some caches do. */
  private static List<Bytes> revocationLists() {
    Bytes der = body("root-crl.der");
    return List.of(der, Bytes.ofUtf8(der.hex() + "\n"));
  }

  private static List<Bytes> quotes() {
    return List.of(
        ForgedTdx.genuine().quote.make(), ForgedTdx.with(f -> f.quote.version = 5).quote.make());
  }

  /** Behind header, body and size. */
  private static List<Bytes> certificationData() {
    ForgedTdx forged = ForgedTdx.genuine();
    forged.quote.padding = Bytes.EMPTY;
    Bytes quote = forged.quote.make();
    return List.of(quote.slice(48 + TdQuoteBody.LENGTH_10 + 4, quote.length()));
  }

  private static List<Bytes> extensions() {
    return List.of(
        Der.tlv(
            Der.OCTET_STRING,
            SoftwareTdxVendor.extension(ForgedTdx.PPID, SoftwareTdxVendor.FMSPC, 2, 300)));
  }

  private static List<Bytes> documents() {
    Bytes quote = ForgedTdx.genuine().quote.make();
    return List.of(
        new TdxDocument(quote, Bytes.ofUtf8("log"), Bytes.ofUtf8("user")).write(TdxBinding.METAL),
        new TdxDocument(quote, null, Bytes.EMPTY).write(TdxBinding.METAL));
  }

  private static List<String> configs() {
    String all =
        """
        {"measurements": {"0": "%1$s"}, "collateral": "optional", "acceptedTCBStatuses":
        ["UpToDate"], "acceptedAdvisories": ["INTEL-SA-00001"], "minTCBEvaluationDataNumber": 1,
        "allowDebug": true, "allowMigration": false, "tdAttributes": "%2$s", "xfam": "%2$s",
        "mrSeam": ["%1$s"], "mrConfigID": "%1$s", "teeTCBSVN": "%3$s", "qeVendorID": "%3$s",
        "qeSVN": 4, "pceSVN": 11, "allowedFMSPCs": ["50c06f000000"], "allowedPPIDs": ["%3$s"]}
        """
            .formatted("00".repeat(48), "00".repeat(8), "00".repeat(16));
    return List.of(all, Json.line(ForgedTdx.config()));
  }

  /** Judges quotes; takes none that says something else than the vendor's platform signed. */
  private static Object judge(Bytes raw) throws MalformedException {
    TdQuote quote = TdQuote.parse(raw);
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    var checks = new dev.asterism.attestation.Checklist(TdxVerification.plan(policy));
    var verified =
        new TdxVerification(policy, new TdxTrust(TdxCollateralSource.NONE))
            .verify(checks, quote, Bytes.zeros(64), ForgedTdx.AT, false);
    if (verified.isPresent() && !quote.body().mrTd().isAllZero()) {
      throw new AssertionError("a forgery is genuine");
    }
    return verified.isPresent();
  }
}
