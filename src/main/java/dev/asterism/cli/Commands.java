package dev.asterism.cli;

import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The roles and verbs, in the order of the help. A command's annotations are read only where its
 * name stands on the command line: reading those of all takes longer than most verbs do.
 */
final class Commands {
  private static final List<Entry> ALL =
      List.of(
          new Entry("mini", MiniCommand.HEADER, MiniCommand::new),
          new Entry("init", InitCommand.HEADER, InitCommand::new),
          new Entry("recover", RecoverCommand.HEADER, RecoverCommand::new),
          new Entry("verify", VerifyCommand.HEADER, VerifyCommand::new),
          new Entry("evidence", EvidenceCommand.HEADER, EvidenceCommand::new),
          new Entry("config", ConfigCommand.HEADER, ConfigCommand::new),
          new Entry("measurements", MeasurementsCommand.HEADER, MeasurementsCommand::new),
          new Entry("collateral", CollateralCommand.HEADER, CollateralCommand::new),
          new Entry("admission", AdmissionCommand.HEADER, AdmissionCommand::new),
          new Entry("audit", AuditCommand.HEADER, AuditCommand::new),
          new Entry("volume", VolumeCommand.HEADER, VolumeCommand::new),
          new Entry("disk", DiskCommand.HEADER, DiskCommand::new),
          new Entry("bootstrap", BootstrapCommand.HEADER, BootstrapCommand::new),
          new Entry("join-service", JoinServiceCommand.HEADER, JoinServiceCommand::new),
          new Entry("key-service", KeyServiceCommand.HEADER, KeyServiceCommand::new),
          new Entry("verify-service", VerifyServiceCommand.HEADER, VerifyServiceCommand::new));

  private Commands() {}

  /** Adds all of them whole. */
  static void addTo(CommandLine root) {
    ALL.forEach(one -> root.addSubcommand(one.name(), one.command().get()));
    root.addSubcommand(new TrainCommand());
  }

  /** Adds the one that {@code args} begin with; where they do not, all of them by header only. */
  static void addTo(CommandLine root, String... args) {
    String first = args.length == 0 ? "" : args[0];
    if (first.equals(TrainCommand.NAME)) {
      root.addSubcommand(new TrainCommand());
      return;
    }
    for (Entry one : ALL) {
      if (one.name().equals(first)) {
        root.addSubcommand(first, one.command().get());
        return;
      }
    }
    ALL.forEach(one -> root.addSubcommand(one.name(), one.mention()));
  }

  private record Entry(String name, String header, Supplier<Object> command) {
    CommandSpec mention() {
      CommandSpec spec = CommandSpec.create().name(name);
      spec.usageMessage().header(header);
      return spec;
    }
  }
}
