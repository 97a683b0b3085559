package dev.asterism.testing.fuzz;

import dev.asterism.admin.AdminFuzz;
import dev.asterism.atls.AtlsFuzz;
import dev.asterism.attestation.AttestationFuzz;
import dev.asterism.attestation.aws.AwsFuzz;
import dev.asterism.attestation.azure.AzureFuzz;
import dev.asterism.attestation.eventlog.EventLogFuzz;
import dev.asterism.attestation.gcp.GcpFuzz;
import dev.asterism.attestation.snp.SnpFuzz;
import dev.asterism.attestation.tdx.TdxFuzz;
import dev.asterism.attestation.tpm.TpmFuzz;
import dev.asterism.audit.AuditFuzz;
import dev.asterism.bootstrap.BootstrapFuzz;
import dev.asterism.collateral.CollateralFuzz;
import dev.asterism.config.ConfigFuzz;
import dev.asterism.crypto.CryptoFuzz;
import dev.asterism.device.DeviceFuzz;
import dev.asterism.disk.luks.LuksFuzz;
import dev.asterism.disk.standalone.StandaloneDiskFuzz;
import dev.asterism.joinservice.JoinServiceFuzz;
import dev.asterism.keys.KeysFuzz;
import dev.asterism.keyservice.KeyServiceFuzz;
import dev.asterism.kubernetes.KubernetesFuzz;
import dev.asterism.kubernetes.api.KubernetesApiFuzz;
import dev.asterism.kubernetes.standalone.StandaloneKubernetesFuzz;
import dev.asterism.metrics.MetricsFuzz;
import dev.asterism.mini.MiniFuzz;
import dev.asterism.node.NodeFuzz;
import dev.asterism.node.metadata.MetadataFuzz;
import dev.asterism.verifyservice.VerifyServiceFuzz;
import dev.asterism.wire.WireFuzz;
import java.util.List;
import java.util.stream.Stream;

/** Every parser of a stranger's bytes that we have. */
final class FuzzTargets {
  private static final List<FuzzTarget<?>> ALL =
      Stream.of(
              AdminFuzz.targets(),
              AtlsFuzz.targets(),
              AttestationFuzz.targets(),
              AuditFuzz.targets(),
              AwsFuzz.targets(),
              AzureFuzz.targets(),
              BootstrapFuzz.targets(),
              CollateralFuzz.targets(),
              ConfigFuzz.targets(),
              CryptoFuzz.targets(),
              DeviceFuzz.targets(),
              EventLogFuzz.targets(),
              GcpFuzz.targets(),
              JoinServiceFuzz.targets(),
              KeyServiceFuzz.targets(),
              KeysFuzz.targets(),
              KubernetesApiFuzz.targets(),
              KubernetesFuzz.targets(),
              MetricsFuzz.targets(),
              LuksFuzz.targets(),
              MetadataFuzz.targets(),
              MiniFuzz.targets(),
              NodeFuzz.targets(),
              SnpFuzz.targets(),
              StandaloneDiskFuzz.targets(),
              StandaloneKubernetesFuzz.targets(),
              TdxFuzz.targets(),
              TpmFuzz.targets(),
              VerifyServiceFuzz.targets(),
              WireFuzz.targets())
          .<FuzzTarget<?>>flatMap(List::stream)
          .toList();

  private FuzzTargets() {}

  static List<FuzzTarget<?>> all() {
    return ALL;
  }

  static FuzzTarget<?> byName(String name) {
    return ALL.stream()
        .filter(target -> target.name().equals(name))
        .findAny()
        .orElseThrow(
            () -> new IllegalArgumentException("no fuzz target " + name + "; there are " + ALL));
  }
}
