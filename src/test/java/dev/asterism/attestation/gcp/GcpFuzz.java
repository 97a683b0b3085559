package dev.asterism.attestation.gcp;

import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.fuzz.CloudVerifier;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** What Google's firmware, or who claims to be it, says. */
public final class GcpFuzz {
  private static final Validity VALIDITY =
      new Validity(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
  private static final int LARGEST = 60 * 1024;
  private static final VendorAuthority GOOGLE = VendorAuthority.root("CN=Google", VALIDITY);

  private GcpFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
            "GcpFirmware", log -> GcpFirmware.of(EventLog.parse(log)), () -> List.of(log())),
        FuzzTarget.ofText(
            "GcpConfig",
            text -> new GcpSevEs().policy(Json.object("config", text)),
            "{\"measurements\":{},\"akTrust\":{\"mode\":\"certificate\",\"roots\":"
                + "[\"gcp-ek-ak-root\"]},\"gcpInstance\":{\"project\":\"p\",\"zone\":\"z\"}}"),
        FuzzTarget.of(
            "GcpInstance",
            value -> GcpInstance.of(certificate(value)),
            () -> List.of(GcpDocumentsTest.INSTANCE)),
        CloudVerifier.target("GcpSevSnpVerifier", GcpFuzz::snpInstance),
        CloudVerifier.target("GcpSevEsVerifier", GcpFuzz::sevInstance));
  }

  /** Google's, of an instance. */
  private static X509Certificate certificate(Bytes instance) throws MalformedException {
    if (instance.length() > LARGEST) {
      throw new MalformedException("certificate", "is larger than any that is read");
    }
    return GOOGLE.issue(
        GOOGLE.certificate().getPublicKey(),
        "CN=ak",
        VALIDITY,
        Map.of("1.3.6.1.4.1.11129.2.1.21", instance));
  }

  private static CloudCase snpInstance() throws Exception {
    var instance = GcpDocumentsTest.ofInstance(GcpDocumentsTest.INSTANCE);
    instance.child("gcpInstance").put("project", "project");
    return instance;
  }

  private static CloudCase sevInstance() {
    var instance = new GcpDocumentsTest.SevInstance();
    instance.booted(GcpDocumentsTest.good());
    instance.certified();
    return instance;
  }

  private static Bytes log() {
    byte[] version = "GCE Virtual Firmware v1\0".getBytes(StandardCharsets.UTF_16LE);
    Bytes technology =
        Bytes.concat(Bytes.ofUtf8("GCE NonHostInfo\0"), Bytes.of(new byte[] {2}), Bytes.zeros(15));
    return new EventLogWriter(EnumSet.of(Digests.SHA256))
        .event(0, EventType.S_CRTM_VERSION, Bytes.of(version))
        .event(0, EventType.NONHOST_INFO, technology)
        .separator(0)
        .toBytes();
  }
}
