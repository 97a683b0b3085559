package dev.asterism.mini;

import dev.asterism.crypto.CertificateAuthority;
import java.security.SecureRandom;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who makes the machines of a plan. */
final class MachineRoom {
  private MachineRoom() {}

  /**
   * @param image what every vTPM machine boots that is not tampered with
   * @param akAuthority who certifies their attestation keys; null: a new one
   */
  static Machines of(
      MiniDir dir,
      MiniPlan plan,
      Processes processes,
      MiniContext context,
      MeasuredBoot image,
      @Nullable CertificateAuthority akAuthority) {
    Instant now = context.clock().instant();
    SecureRandom random = context.random();
    return switch (plan.platform()) {
      case QEMU_VTPM ->
          new TpmMachines(
              dir,
              plan.tpm(),
              processes,
              random,
              now,
              image,
              akAuthority == null ? TpmMachines.newAkAuthority(now) : akAuthority);
      case SEV_SNP -> new SnpMachines(random, now);
      case TDX -> new TdxMachines(dir, random, now);
      case AZURE_SEV_SNP,
          AZURE_TDX,
          AZURE_TRUSTEDLAUNCH,
          AWS_SEV_SNP,
          AWS_NITRO_TPM,
          GCP_SEV_SNP,
          GCP_SEV_ES ->
          new CloudMachines(
              plan.platform(),
              new Vtpms(dir, plan.tpm(), processes, random),
              cloud(dir, plan, random, now));
    };
  }

  private static Cloud cloud(MiniDir dir, MiniPlan plan, SecureRandom random, Instant now) {
    return switch (plan.platform()) {
      case AZURE_SEV_SNP, AZURE_TDX, AZURE_TRUSTEDLAUNCH ->
          new AzureCloud(dir, plan.platform(), random, now);
      case AWS_SEV_SNP, AWS_NITRO_TPM -> new AwsCloud(dir, plan.platform(), random, now);
      case GCP_SEV_SNP, GCP_SEV_ES -> new GcpCloud(dir, plan.platform(), random, now);
      case QEMU_VTPM, SEV_SNP, TDX -> throw new IllegalStateException("no cloud");
    };
  }
}
