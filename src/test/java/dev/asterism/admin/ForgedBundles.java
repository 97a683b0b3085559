package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.aws.NitroEnclaveKind;
import dev.asterism.attestation.aws.NitroTpmKind;
import dev.asterism.attestation.azure.AzureSnpKind;
import dev.asterism.attestation.azure.AzureTdxKind;
import dev.asterism.attestation.gcp.GcpVtpmKind;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.SnpReportKind;
import dev.asterism.attestation.tdx.TdxQuoteKind;
import dev.asterism.crypto.Der;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedNitro;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle of each kind that clouds and hardware have; each is accepted. Their manifests are a fuzz
 * target; the files' own parsers are fed elsewhere.
 */
final class ForgedBundles {
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");
  private static final Instant NOW = ForgedNitro.NOW;

  private List<One> all;

  private ForgedBundles() {}

  /** Made when they are needed: they have keys. */
  private List<One> all() {
    if (all == null) {
      all = List.of(gcp(), nitroTpm(), enclave(), azureSnp(), azureTdx(), snp(), tdx());
    }
    return all;
  }

  /**
   * One.
   *
   * @param files by role, which is a file's name as well
   */
  private record One(EvidenceKind kind, Instant at, ObjectNode inputs, Map<String, Bytes> files) {
    private String id() {
      return kind.kinds().iterator().next();
    }

    private Bytes manifest() {
      ObjectNode manifest = Json.newObject().put("kind", id());
      ObjectNode names = manifest.putObject("files");
      files.keySet().forEach(role -> names.put(role, role));
      manifest.set("inputs", inputs);
      manifest.putObject("trust").put("file", "root");
      return Bytes.ofUtf8(Json.line(manifest));
    }
  }

  static FuzzTarget<?> target() {
    var bundles = new ForgedBundles();
    return FuzzTarget.of(
            "CloudBundleManifest",
            bundles::judge,
            () -> bundles.all().stream().map(One::manifest).toList())
        .quoting("the person at the shell must know which file of the bundle is meant");
  }

  /** As if the manifest stood in the folder of its kind's bundle. */
  private Object judge(Bytes json) throws MalformedException {
    ObjectNode manifest = Json.object("manifest", json);
    String id = Json.string(manifest, "kind");
    One one =
        all().stream()
            .filter(bundle -> bundle.id().equals(id))
            .findAny()
            .orElseThrow(() -> new MalformedException("kind", "is none of these"));
    Map<String, Bytes> files = new TreeMap<>();
    for (Map.Entry<String, String> file : Bundles.fileNames(manifest).entrySet()) {
      Bytes content = one.files().get(file.getValue());
      if (content == null) {
        throw new MalformedException("files", "are others");
      }
      files.put(file.getKey(), content);
    }
    var bundle = new Bundle(id, manifest, files);
    Appraisal appraisal = one.kind().appraise(bundle, Bundle.Ruling.NONE, one.at());
    List<EvidenceKind.Fact> facts = one.kind().show(bundle);
    if (!appraisal.accepted()) {
      throw new MalformedException("bundle", "is not accepted");
    }
    return facts;
  }

  private static One gcp() {
    ForgedVtpm vtpm =
        ForgedVtpm.with(f -> {
          f.ecdsa("secp256r1", Digests.SHA256);
          f.extraData = NONCE;
        });
    var validity = new Validity(NOW.minusSeconds(60), NOW.plusSeconds(60));
    VendorAuthority google = VendorAuthority.root("CN=Google", validity);
    Bytes instance =
        Der.tlv(
            Der.SEQUENCE,
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("zone-a")),
            Der.tlv(Der.INTEGER, Bytes.of(new byte[] {9})),
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("project")),
            Der.tlv(Der.INTEGER, Bytes.of(new byte[] {7})),
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("node")));
    Map<String, Bytes> files = quote(vtpm, Digests.SHA256);
    files.put("root", ForgedSnp.der(google.certificate()));
    files.put(
        "ak_cert",
        ForgedSnp.der(
            google.issue(
                vtpm.key.getPublic(),
                "CN=ak",
                validity,
                Map.of("1.3.6.1.4.1.11129.2.1.21", instance))));
    ObjectNode inputs = inputs("sha256");
    inputs.put("project", "project").put("zone", "zone-a").put("instance_id", "7");
    return new One(new GcpVtpmKind(), NOW, inputs, files);
  }

  private static One nitroTpm() {
    ForgedVtpm vtpm =
        ForgedVtpm.with(f -> {
          f.ecdsa("secp256r1", Digests.SHA256);
          f.extraData = NONCE;
          f.banks.clear();
          f.banks.add(Digests.SHA384);
        });
    ForgedNitro nitro =
        ForgedNitro.with(f -> {
          f.publicKey = Bytes.of(vtpm.key.getPublic().getEncoded());
          f.pcrs.putAll(vtpm.pcrs(Digests.SHA384));
        });
    Map<String, Bytes> files = quote(vtpm, Digests.SHA384);
    files.put("document", nitro.document());
    files.put("root", ForgedSnp.der(nitro.root.certificate()));
    return new One(new NitroTpmKind(), NOW, inputs("sha384"), files);
  }

  private static One enclave() {
    ForgedNitro nitro =
        ForgedNitro.with(f -> {
          f.pcrMember = "pcrs";
          f.pcrs.put(1, ForgedNitro.filled(1));
        });
    Map<String, Bytes> files = new TreeMap<>();
    files.put("document", nitro.document());
    files.put("root", ForgedSnp.der(nitro.root.certificate()));
    ObjectNode inputs = Json.newObject().put("nonce", NONCE.hex());
    return new One(new NitroEnclaveKind(), NOW, inputs, files);
  }

  private static One azureSnp() {
    ForgedVtpm vtpm = ForgedVtpm.with(f -> f.extraData = NONCE);
    ForgedHcl hcl = ForgedHcl.with(ForgedHcl.SNP, vtpm.key.getPublic(), f -> {});
    ForgedSnp forged = ForgedSnp.genuine();
    forged.report.set(SoftwareReport.REPORT_DATA, hcl.reportData());
    Map<String, Bytes> files = quote(vtpm, Digests.SHA256);
    files.put("hcl_report", hcl.report(forged.report.signed(forged.key.getPrivate())));
    certificates(files, forged);
    ObjectNode inputs = inputs("sha256");
    inputs.putObject("policy").put("measurement", ForgedSnp.MEASUREMENT.hex());
    return new One(new AzureSnpKind(new ChainVerifier()), ForgedSnp.NOW, inputs, files);
  }

  private static One azureTdx() {
    ForgedVtpm vtpm = ForgedVtpm.with(f -> f.extraData = NONCE);
    ForgedHcl hcl = ForgedHcl.with(ForgedHcl.TDX, vtpm.key.getPublic(), f -> {});
    Map<String, Bytes> files = quote(vtpm, Digests.SHA256);
    files.put("hcl_report", hcl.report(Bytes.zeros(1024)));
    tdQuote(files, hcl.reportData());
    ObjectNode inputs = inputs("sha256").put("collateral", false);
    inputs.putObject("policy").put("mrtd", "00".repeat(48));
    return new One(new AzureTdxKind(), ForgedTdx.AT, inputs, files);
  }

  private static One snp() {
    ForgedSnp forged = ForgedSnp.genuine();
    Map<String, Bytes> files = new TreeMap<>();
    files.put("report", forged.signedReport());
    certificates(files, forged);
    ObjectNode inputs = Json.newObject();
    ObjectNode policy = inputs.putObject("policy");
    policy.put("allow_debug", false).putArray("vmpl").add(0);
    policy.putObject("min_tcb").put("snp", 24);
    return new One(new SnpReportKind(new ChainVerifier()), ForgedSnp.NOW, inputs, files);
  }

  private static One tdx() {
    Map<String, Bytes> files = new TreeMap<>();
    Bytes reportData = Bytes.zeros(64);
    tdQuote(files, reportData);
    ObjectNode inputs = Json.newObject().put("collateral", false);
    ObjectNode policy = inputs.putObject("policy").put("reportdata", reportData.hex());
    policy.put("allow_debug", false).putArray("accepted_tcb_status").add("UpToDate");
    return new One(new TdxQuoteKind(), ForgedTdx.AT, inputs, files);
  }

  private static ObjectNode inputs(String bank) {
    return Json.newObject().put("nonce", NONCE.hex()).put("bank", bank);
  }

  private static Map<String, Bytes> quote(ForgedVtpm vtpm, Digests bank) {
    Bytes attest = vtpm.attest(bank);
    ObjectNode pcrs = Json.newObject();
    ObjectNode values = pcrs.putObject(bank == Digests.SHA256 ? "sha256" : "sha384");
    vtpm.pcrs(bank).forEach((pcr, value) -> values.put(Integer.toString(pcr), value.hex()));
    Map<String, Bytes> files = new TreeMap<>();
    files.put("attest", attest);
    files.put("signature", vtpm.signature(attest));
    files.put("pcrs", Bytes.ofUtf8(Json.line(pcrs)));
    return files;
  }

  private static void certificates(Map<String, Bytes> files, ForgedSnp forged) {
    files.put("leaf", ForgedSnp.der(forged.leaf()));
    files.put("intermediate", ForgedSnp.der(forged.intermediate));
    files.put("root", ForgedSnp.der(forged.root));
  }

  private static void tdQuote(Map<String, Bytes> files, Bytes reportData) {
    ForgedTdx forged = ForgedTdx.with(f -> f.quote.reportData = reportData);
    files.put("quote", forged.quote.make());
    files.put("root", ForgedSnp.der(ForgedTdx.VENDOR.rootCertificate()));
  }
}
