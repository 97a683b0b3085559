package dev.asterism.attestation.aws;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.InstanceInfoSource.Described;
import dev.asterism.attestation.tpm.TpmtPublic;
import dev.asterism.attestation.tpm.VtpmIssuer;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Issuers on EC2 instances with a NitroTPM. */
public final class AwsIssuers {
  private static final String TOKEN = "/latest/api/token";
  private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";

  private AwsIssuers() {}

  /** Of {@code aws-sev-snp}: the report names the key. */
  public static Issuer snp(Tpm tpm, Supplier<Optional<Bytes>> eventLog, SnpGuest guest) {
    return new VtpmIssuer(
        Variant.AWS_SEV_SNP,
        tpm,
        eventLog,
        AkSource.OWNER,
        (client, ak, extra) -> {
          Bytes named = AwsSnpBinding.named(TpmtPublic.parse(ak).publicKey());
          return new Described(SnpInstanceInfo.of(guest.report(named), null).write(), List.of());
        });
  }

  /** Of {@code aws-nitro-tpm}: the instance identity document, by IMDSv2. */
  public static Issuer nitroTpm(Tpm tpm, Supplier<Optional<Bytes>> eventLog, MetadataService host) {
    return new VtpmIssuer(
        Variant.AWS_NITRO_TPM,
        tpm,
        eventLog,
        AkSource.OWNER,
        (client, ak, extra) -> {
          Bytes token = host.put(TOKEN, Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60"));
          String text = new String(token.toArray(), StandardCharsets.US_ASCII).strip();
          return new Described(
              host.get(DOCUMENT, Map.of("X-aws-ec2-metadata-token", text)), List.of());
        });
  }
}
