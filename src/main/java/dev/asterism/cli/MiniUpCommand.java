package dev.asterism.cli;

import dev.asterism.kubernetes.local.LocalPrograms;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.mini.MiniUp;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings the cluster up. */
@Command(
    name = "up",
    header = "Bring a cluster up.",
    description = {
      "Says so where it is up already. Where a part of it died, the rest is ended and it starts",
      "anew. A node that is refused is no error: the table at the end says why. Where one dies on",
      "the way, the others go on as long as one control plane is left.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every node has joined, or was refused",
      "1:there is no cluster, or a node of it failed: see the table",
    })
final class MiniUpCommand implements Callable<Integer> {
  private static final int MOST_NODES = 40;

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Option(
      names = "--control-planes",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many control planes (default: ${DEFAULT-VALUE}).")
  private int controlPlanes;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many workers (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--platform",
      paramLabel = "NAME",
      defaultValue = "qemu-vtpm",
      description = {
        "qemu-vtpm, sev-snp or tdx (default: ${DEFAULT-VALUE}), or of a cloud: azure-sev-snp,",
        "azure-tdx, azure-trustedlaunch, aws-sev-snp, aws-nitro-tpm, gcp-sev-snp, gcp-sev-es.",
        "Hardware and clouds are in software, and only this cluster trusts their makers."
      })
  private String platform = "";

  @Option(
      names = "--outdated",
      description = {
        "With --platform tdx: before the last node joins, its maker publishes that such platforms",
        "are out of date, and it is refused."
      })
  private boolean outdated;

  @Option(
      names = "--tpm",
      paramLabel = "KIND",
      defaultValue = "software",
      description = "The vTPMs: software (inside the JVM) or swtpm (must be installed).")
  private TpmKind tpm = TpmKind.SOFTWARE;

  @Option(
      names = "--tamper",
      paramLabel = "NODE",
      description = "Change the boot chain of this node, for example worker-2.")
  private @Nullable String tamper;

  @Option(
      names = "--forge",
      paramLabel = "NODE",
      description = {
        "In a cloud: this node's evidence is genuine, but for what binds it to its machine, for",
        "example worker-2. The table names the check that refuses it."
      })
  private @Nullable String forge;

  @Option(
      names = "--kubernetes",
      description = {
        "A real API server, with etcd and the controllers: real tokens, certificates and Node",
        "objects. Needs etcd, and what src/test/kubernetes/build builds or $ASTERISM_KUBERNETES."
      })
  private boolean kubernetes;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description = "Give up after this long, for example 90s (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  MiniUpCommand() {}

  @Override
  public Integer call() throws Exception {
    check();
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir)
        .up(
            new MiniUp.Options(
                controlPlanes,
                workers,
                MiniPlatform.byId(platform).orElseThrow(),
                tpm,
                Optional.ofNullable(tamper),
                Optional.ofNullable(forge),
                outdated,
                kubernetes ? Optional.of(LocalPrograms.find(System.getenv())) : Optional.empty(),
                timeout));
  }

  private boolean tdx() {
    return platform.equals("tdx");
  }

  private void check() {
    MiniPlatform machines =
        MiniPlatform.byId(platform)
            .orElseThrow(() -> misuse("--platform: is none of " + MiniPlatform.ids()));
    if (tpm == TpmKind.SWTPM && !machines.againstSwtpm().isEmpty()) {
      throw misuse(
          "--tpm swtpm: is not for machines of " + platform + ": " + machines.againstSwtpm());
    }
    if (forge != null && !machines.isCloud()) {
      throw misuse("--forge: is for the platforms of clouds, not for " + platform);
    }
    if (forge != null && tamper != null) {
      throw misuse("--forge, --tamper: one of them; a refusal would not say which node it is of");
    }
    if (outdated && !tdx()) {
      throw misuse("--outdated: needs --platform tdx");
    }
    if (controlPlanes < 1) {
      throw misuse("--control-planes: a cluster has at least one");
    }
    if (workers < 0) {
      throw misuse("--workers: cannot be negative");
    }
    if (controlPlanes + workers > MOST_NODES) {
      throw misuse("a mini cluster has at most " + MOST_NODES + " nodes");
    }
    refusable("--tamper", tamper);
    refusable("--forge", forge);
  }

  private void refusable(String option, @Nullable String node) {
    if (node != null && !isNode(node)) {
      throw misuse(
          option
              + ": there is no node "
              + node
              + "; nodes are control-plane-1 … and worker-1 … as many as you ask for");
    }
    if ("control-plane-1".equals(node)) {
      throw misuse(option + ": without control-plane-1 there is no cluster that could refuse it");
    }
  }

  private boolean isNode(String name) {
    for (int i = 1; i <= Math.max(controlPlanes, workers); i++) {
      if ((i <= controlPlanes && name.equals("control-plane-" + i))
          || (i <= workers && name.equals("worker-" + i))) {
        return true;
      }
    }
    return false;
  }

  private ParameterException misuse(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
