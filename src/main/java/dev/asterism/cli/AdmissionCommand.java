package dev.asterism.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who may be what in a cluster. */
@Command(
    name = "admission",
    header = AdmissionCommand.HEADER,
    description = {
      "At its first join a machine is bound to its node's name, role and disk. These verbs show the",
      "records and change them: see docs/admission.md.",
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism admission list --kubeconfig my-cluster/asterism-admin.conf",
      "  asterism admission approve control-plane-2",
      "  asterism admission release worker-1            the VM was replaced",
      "  asterism admission revoke worker-1             the VM is not to be trusted",
      "  asterism admission list --standalone-objects DIR   where stand-ins take Kubernetes' place",
    },
    subcommands = {
      AdmissionListCommand.class,
      AdmissionApproveCommand.class,
      AdmissionReleaseCommand.class,
      AdmissionRevokeCommand.class,
      AdmissionBindCommand.class,
    })
final class AdmissionCommand implements Runnable {
  static final String HEADER = "See and change which machine may be which node.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  AdmissionCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "list, approve, release, revoke or bind is missing");
  }

  /** Where the records are. */
  static final class Place {
    @Option(
        names = "--kubeconfig",
        paramLabel = "FILE",
        defaultValue = "${env:KUBECONFIG}",
        description = "The cluster, by its admin's kubeconfig (default: $KUBECONFIG).")
    @Nullable Path kubeconfig;

    @Option(
        names = "--standalone-objects",
        paramLabel = "DIR",
        description = "Instead: the Kubernetes objects that the stand-ins of one cluster share.")
    @Nullable Path objects;

    @Option(
        names = "--audit",
        paramLabel = "FILE",
        description = "Audit records of what is changed here, one JSON line each.")
    @Nullable Path audit;

    Place() {}
  }

  /** Which machine, where a name alone could mean several. */
  static final class Which {
    @Option(
        names = "--identity",
        paramLabel = "IDENTITY",
        defaultValue = "",
        description = "Only the machine whose identity begins so, as list shows it.")
    String identity = "";

    Which() {}
  }
}
