package dev.asterism.attestation.gcp;

import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;

/** What Google's firmware, or who claims to be it, says. */
public final class GcpFuzz {
  private GcpFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
            "GcpFirmware", log -> GcpFirmware.of(EventLog.parse(log)), () -> List.of(log())),
        FuzzTarget.ofText(
            "GcpConfig",
            text -> new GcpSevEs().policy(Json.object("config", text)),
            "{\"measurements\":{},\"akTrust\":{\"mode\":\"certificate\",\"roots\":"
                + "[\"gcp-ek-ak-root\"]},\"gcpInstance\":{\"project\":\"p\",\"zone\":\"z\"}}"));
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
