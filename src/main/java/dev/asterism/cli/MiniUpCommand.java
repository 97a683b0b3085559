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
        "qemu-vtpm, sev-snp or tdx (default: ${DEFAULT-VALUE}). The last two are guests in software,",
        "whose makers only this cluster trusts."
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
      description = "Of qemu-vtpm: software (inside the JVM) or swtpm (must be installed).")
  private TpmKind tpm = TpmKind.SOFTWARE;

  @Option(
      names = "--tamper",
      paramLabel = "NODE",
      description = "Change the boot chain of this node, for example worker-2.")
  private @Nullable String tamper;

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
                outdated,
                kubernetes ? Optional.of(LocalPrograms.find(System.getenv())) : Optional.empty(),
                timeout));
  }

  private boolean tdx() {
    return platform.equals("tdx");
  }

  private void check() {
    if (MiniPlatform.byId(platform).isEmpty()) {
      throw misuse("--platform: is not qemu-vtpm, sev-snp or tdx");
    }
    if (!platform.equals("qemu-vtpm") && tpm != TpmKind.SOFTWARE) {
      throw misuse("--tpm: machines of " + platform + " have none");
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
    if (tamper != null && !isNode(tamper)) {
      throw misuse(
          "--tamper: there is no node "
              + tamper
              + "; nodes are control-plane-1 … and worker-1 … as many as you ask for");
    }
    if ("control-plane-1".equals(tamper)) {
      throw misuse("--tamper: without control-plane-1 there is no cluster that could refuse it");
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
