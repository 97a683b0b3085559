package dev.asterism.attestation.snp;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What SEV-SNP guests and their hosts say. */
public final class SnpFuzz {
  private SnpFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("SnpReport", SnpReport::parse, SnpFuzz::reports).writing(SnpReport::raw),
        FuzzTarget.of(
                "SnpCertificateTable",
                CertificateTable::parse,
                () -> List.of(ForgedSnp.genuine().table()))
            .writing(CertificateTable::encode),
        FuzzTarget.of("SnpCrl", RevocationList::parse, () -> List.of(ForgedSnp.genuine().crl)),
        FuzzTarget.of(
            "SnpCertificate",
            der -> CertificateExtensions.of(Pem.certificate("leaf certificate", der)),
            SnpFuzz::leaves),
        FuzzTarget.of("SnpClaims", SnpClaims::parse, SnpFuzz::claims).writing(SnpClaims::encode),
        FuzzTarget.of("SnpDocument", SnpDocument::parse, SnpFuzz::documents)
            .writing(SnpDocument::write),
        FuzzTarget.of(
            "SnpVerifier",
            new Verification()::judge,
            () -> List.of(ForgedSnp.genuine().document())),
        FuzzTarget.of("SnpFacts", SnpFacts::of, SnpFuzz::documents),
        FuzzTarget.ofText(
            "SnpConfig",
            text -> SnpConfig.parse(Json.object("config", text)),
            Json.line(ForgedSnp.genuine().config())),
        FuzzTarget.of("SnpFirmware", Firmware::parse, () -> List.of(LaunchDigestTest.firmware())),
        FuzzTarget.of(
                "SnpInstanceInfo",
                SnpInstanceInfo::parse,
                () ->
                    List.of(
                        ForgedSnp.genuine()
                            .instanceInfo(
                                Bytes.zeros(64),
                                new SnpInstanceInfo.Azure(Bytes.zeros(3), "token"),
                                new SnpInstanceInfo.Gcp("zone", "project", "name"))
                            .write()))
            .writing(SnpInstanceInfo::write),
        FuzzTarget.of("SnpInputs", SnpFuzz::inputs, SnpFuzz::policies),
        FuzzTarget.of(
            "KdsChain",
            body -> inspect(Kds.chain(ProductLine.GENOA, KeyKind.VCEK, Amd.ROOTS), body),
            () ->
                List.of(
                    Bytes.ofUtf8(Pem.encode(Amd.CHIP.intermediate) + Pem.encode(Amd.CHIP.root)))),
        FuzzTarget.of(
            "KdsVcek",
            body -> inspect(Kds.vcek(Amd.TCB, Amd.CHIP.hardwareId, Amd.CHIP.intermediate), body),
            () -> List.of(ForgedSnp.der(Amd.CHIP.leaf()))),
        FuzzTarget.of(
            "KdsCrl",
            body -> inspect(Kds.crl(ProductLine.GENOA, KeyKind.VCEK, Amd.CHIP.root), body),
            () -> List.of(Amd.CHIP.crl)),
        clusterFile());
  }

  /** What AMD's service answers, as caches inspect it. */
  private static Endorsement.Life inspect(EndorsementRequest request, Bytes body)
      throws MalformedException {
    return request.inspection().inspect(Endorsement.of(body));
  }

  /** Made when it is needed: it has keys. */
  private static final class Amd {
    static final ForgedSnp CHIP = ForgedSnp.genuine();
    static final TcbVersion TCB = new TcbVersion(ProductLine.GENOA, CHIP.tcb);
    static final SnpRoots ROOTS =
        new SnpRoots(Set.of(new SnpRoots.Pin(ProductLine.GENOA, SnpRoots.keySha256(CHIP.root))));
  }

  private static FuzzTarget<Bytes> clusterFile() {
    var file = new FuzzFile("cluster-id");
    var register = new ClusterFile(file.path());
    return FuzzTarget.of(
            "ClusterFile",
            text -> {
              file.with(text);
              return register.clusterId().orElseThrow();
            },
            () -> List.of(Bytes.ofUtf8("0f".repeat(32) + "\n")))
        .writing(clusterId -> Bytes.ofUtf8(clusterId.hex()))
        .refusing(IssueException.class);
  }

  private static List<Bytes> reports() {
    return Arrays.stream(SoftwareLine.values())
        .map(line -> ForgedSnp.genuine(line).signedReport())
        .toList();
  }

  private static List<Bytes> leaves() {
    return Arrays.stream(SoftwareLine.values())
        .map(line -> ForgedSnp.der(ForgedSnp.genuine(line).leaf()))
        .toList();
  }

  private static List<Bytes> claims() {
    return List.of(
        new SnpClaims(null, Bytes.zeros(16)).encode(),
        new SnpClaims(Bytes.zeros(32), Bytes.zeros(16)).encode());
  }

  private static List<Bytes> documents() {
    return List.of(
        ForgedSnp.genuine().document(), ForgedSnp.with(f -> f.stapled = false).document());
  }

  /** Whatever comes, there is a verdict. */
  private static final class Verification {
    private Verifier verifier;

    Object judge(Bytes document) throws MalformedException {
      if (verifier == null) {
        verifier =
            new SevSnp(EndorsementSource.NONE).policy(ForgedSnp.genuine().config()).verifier();
      }
      var challenge = new Challenge(ForgedSnp.NONCE, ForgedSnp.USER_DATA, ForgedSnp.NOW);
      var appraisal = verifier.verify(document, challenge);
      if (!appraisal.accepted()) {
        throw new MalformedException("document", "is not accepted");
      }
      return appraisal;
    }
  }

  private static List<Bytes> policies() {
    return List.of(
        Bytes.ofUtf8(
            "{\"trust\":{\"anchor\":\"amd-ark-milan\"},\"inputs\":{\"policy\":{\"allow_debug\":false,"
                + "\"vmpl\":[0],\"min_tcb\":{\"snp\":24},\"report_data\":\""
                + "00".repeat(64)
                + "\",\"measurement\":\""
                + "00".repeat(48)
                + "\"}}}"));
  }

  private static Object inputs(Bytes manifest) throws MalformedException {
    ObjectNode json = Json.object("manifest", manifest);
    return SnpInputs.of(new Bundle("snp-report", json, Map.of()), null);
  }
}
