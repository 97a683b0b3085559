package dev.asterism.attestation.aws;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.InstanceInfoSource.Described;
import dev.asterism.attestation.tpm.TpmtPublic;
import dev.asterism.attestation.tpm.VtpmIssuer;
import dev.asterism.device.Imdsv2;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Issuers on EC2 instances with a NitroTPM. */
public final class AwsIssuers {
  private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";

  private AwsIssuers() {}

  /**
   * Of {@code aws-sev-snp}: the report names the key.
   *
   * @param nitro the NitroTPM whose hypervisor is asked for a document; null: none is
   */
  public static Issuer snp(
      Tpm tpm, Supplier<Optional<Bytes>> eventLog, SnpGuest guest, @Nullable Tpm nitro) {
    return new VtpmIssuer(
        Variant.AWS_SEV_SNP,
        tpm,
        eventLog,
        AkSource.OWNER,
        (client, ak, extra) -> {
          PublicKey key = TpmtPublic.parse(ak).publicKey();
          Bytes info = SnpInstanceInfo.of(guest.report(AwsSnpBinding.named(key)), null).write();
          return described(info, nitro, key, extra);
        });
  }

  /**
   * Of {@code aws-nitro-tpm}: the instance identity document, by IMDSv2.
   *
   * @param nitro as above
   */
  public static Issuer nitroTpm(
      Tpm tpm, Supplier<Optional<Bytes>> eventLog, MetadataService host, @Nullable Tpm nitro) {
    return new VtpmIssuer(
        Variant.AWS_NITRO_TPM,
        tpm,
        eventLog,
        AkSource.OWNER,
        (client, ak, extra) -> {
          Bytes token = host.put(Imdsv2.TOKEN, Imdsv2.ASKED);
          Bytes identity = host.get(DOCUMENT, Imdsv2.session(token));
          return described(identity, nitro, TpmtPublic.parse(ak).publicKey(), extra);
        });
  }

  private static Described described(Bytes info, @Nullable Tpm nitro, PublicKey key, Bytes extra)
      throws IOException, MalformedException {
    return new Described(
        nitro == null ? info : NitroRequest.into(info, nitro, Bytes.of(key.getEncoded()), extra),
        List.of());
  }
}
