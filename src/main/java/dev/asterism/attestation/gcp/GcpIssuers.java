package dev.asterism.attestation.gcp;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.InstanceInfoSource;
import dev.asterism.attestation.tpm.InstanceInfoSource.Described;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.VtpmIssuer;
import dev.asterism.crypto.Der;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Issuers on Google Compute Engine: the key of the shielded instance, and what it is called. */
public final class GcpIssuers {
  public static final long AK_CERTIFICATE = 0x01c10000L;
  public static final long AK_TEMPLATE = 0x01c10001L;

  private static final String METADATA = "/computeMetadata/v1";
  private static final int REPORT_DATA = 64;

  /** Which key quotes there. */
  public static final AkSource KEY = new AkSource.Templated(AK_TEMPLATE);

  private GcpIssuers() {}

  /**
   * Of {@code gcp-sev-snp}.
   *
   * @param issuers of the key's certificate, its own first, DER: they do not come with it
   */
  public static Issuer snp(
      Tpm tpm,
      Supplier<Optional<Bytes>> eventLog,
      SnpGuest guest,
      MetadataService host,
      List<Bytes> issuers) {
    return issuer(
        Variant.GCP_SEV_SNP,
        tpm,
        eventLog,
        (client, ak, extra) -> {
          Bytes reportData = Bytes.concat(extra, Bytes.zeros(REPORT_DATA - extra.length()));
          return new Described(
              SnpInstanceInfo.of(guest.report(reportData), instance(host)).write(),
              chain(client, issuers));
        });
  }

  /** Of {@code gcp-sev-es}. */
  public static Issuer sev(
      Tpm tpm, Supplier<Optional<Bytes>> eventLog, MetadataService host, List<Bytes> issuers) {
    return issuer(
        Variant.GCP_SEV_ES,
        tpm,
        eventLog,
        (client, ak, extra) -> {
          SnpInstanceInfo.Gcp instance = instance(host);
          ObjectNode info =
              Json.newObject()
                  .put("zone", instance.zone())
                  .put("project_id", instance.projectId())
                  .put("instance_name", instance.instanceName());
          return new Described(Bytes.ofUtf8(Json.line(info)), chain(client, issuers));
        });
  }

  private static Issuer issuer(
      Variant variant, Tpm tpm, Supplier<Optional<Bytes>> eventLog, InstanceInfoSource instance) {
    return new VtpmIssuer(variant, tpm, eventLog, KEY, instance);
  }

  private static SnpInstanceInfo.Gcp instance(MetadataService host) throws IOException {
    String zone = text(host, "/instance/zone");
    return new SnpInstanceInfo.Gcp(
        // projects/<number>/zones/<zone>
        zone.substring(zone.lastIndexOf('/') + 1),
        text(host, "/project/project-id"),
        text(host, "/instance/name"));
  }

  private static String text(MetadataService host, String path) throws IOException {
    Bytes answer = host.get(METADATA + path, Map.of("Metadata-Flavor", "Google"));
    return new String(answer.toArray(), StandardCharsets.UTF_8).strip();
  }

  /** Machines that Google gave no certificate have none. */
  private static List<Bytes> chain(TpmClient client, List<Bytes> issuers)
      throws IOException, MalformedException {
    List<Bytes> chain = new ArrayList<>();
    Optional<Bytes> stored = client.nvRead(AK_CERTIFICATE);
    if (stored.isPresent()) {
      chain.add(Der.whole(stored.get().reader("AK certificate"), Der.SEQUENCE, "AK certificate"));
      chain.addAll(issuers);
    }
    return chain;
  }
}
