package dev.asterism.attestation.azure;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedMaa;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.fuzz.CloudVerifier;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What the paravisor of an Azure VM, or who claims to be one, says. */
public final class AzureFuzz {
  private AzureFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
            "HclReport",
            HclReport::parse,
            () -> List.of(forged(ForgedHcl.SNP), forged(ForgedHcl.TDX))),
        FuzzTarget.of(
            "HclRuntimeData", RuntimeData::parse, () -> List.of(hcl(ForgedHcl.SNP).runtimeData())),
        FuzzTarget.of("MaaKeys", MaaKeys::parse, () -> List.of(maa().keys())),
        FuzzTarget.of(
            "MaaToken",
            bytes -> MaaToken.parse(new String(bytes.toArray(), StandardCharsets.ISO_8859_1)),
            () -> List.of(Bytes.ofUtf8(maa().token()))),
        FuzzTarget.of("MaaEnvelope", MaaEnvelope::parse, () -> List.of(envelope())),
        FuzzTarget.ofText(
            "AzureMaaTag",
            text -> MaaAddress.tag(Bytes.ofUtf8(text)),
            "{\"compute\":{\"tagsList\":[{\"name\":\"a\",\"value\":\"b\"},"
                + "{\"name\":\"constellation-maa-url\",\"value\":\"https://maa.example\"}]}}"),
        FuzzTarget.of(
                "TdInstanceInfo",
                TdInstanceInfo::parse,
                () -> List.of(new TdInstanceInfo(Bytes.zeros(9), Bytes.zeros(2)).write()))
            .writing(TdInstanceInfo::write),
        FuzzTarget.of(
                "CertifiedInfo",
                CertifiedInfo::parse,
                () -> List.of(new CertifiedInfo(Bytes.zeros(9), Bytes.zeros(2)).write()))
            .writing(CertifiedInfo::write),
        FuzzTarget.ofText(
            "AzureSevSnpConfig",
            text -> new AzureSevSnp(EndorsementSource.NONE).policy(Json.object("config", text)),
            "{\"measurements\":{},\"snpVersion\":8,\"amdRootKey\":\"\",\"firmwareSignerConfig\":"
                + "{\"acceptedKeyDigests\":[\""
                + "00".repeat(48)
                + "\"],\"enforcementPolicy\":"
                + "\"MAAFallback\",\"maaURL\":\"https://maa.example\"}}"),
        FuzzTarget.ofText("OsRelease", AzureFuzz::named, "NAME='A B'\nVERSION_ID=\"40.1\"\n"),
        CloudVerifier.target("AzureSevSnpVerifier", () -> new AzureSevSnpTest().new Vm()),
        CloudVerifier.target("AzureTdxVerifier", AzureTdxTest.Vm::new),
        CloudVerifier.target("AzureTrustedLaunchVerifier", AzureTrustedLaunchTest.Vm::new),
        AzureHostAnswers.endorsements(),
        AzureHostAnswers.quote());
  }

  /** What is there without a name is no system. */
  private static OsRelease named(String text) throws MalformedException {
    OsRelease release = OsRelease.parse(Bytes.ofUtf8(text));
    if (release.name().isEmpty()) {
      throw new MalformedException("os-release", "names no system");
    }
    return release;
  }

  private static ForgedMaa maa() {
    return new ForgedMaa(ForgedSnp.NOW)
        .about(Bytes.zeros(48), Bytes.zeros(64), Bytes.zeros(48), Bytes.zeros(32));
  }

  private static Bytes envelope() {
    ObjectNode inner = Json.newObject().put("EncryptedInnerKey", Bytes.zeros(256).base64());
    inner.putObject("EncryptionParams").put("Iv", Bytes.zeros(12).base64());
    inner.put("AuthenticationData", Bytes.zeros(16).base64()).put("Jwt", Bytes.zeros(9).base64());
    String token = Bytes.ofUtf8(Json.line(inner)).base64Url();
    return Bytes.ofUtf8(Json.line(Json.newObject().put("token", token)));
  }

  private static Bytes forged(int reportType) {
    return hcl(reportType).report(Bytes.zeros(1024));
  }

  private static ForgedHcl hcl(int reportType) {
    return ForgedHcl.with(reportType, ForgedVtpm.keyPair("RSA").getPublic(), f -> {});
  }
}
