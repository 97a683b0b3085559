package dev.asterism.cli;

import dev.asterism.rpc.PeerLimits;
import dev.asterism.verifyservice.VerifyServiceRole;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The role that hands out evidence about its node. */
@Command(
    name = "verify-service",
    header = VerifyServiceCommand.HEADER,
    description = {
      "Answers whoever asks, with evidence over the nonce that he sends: over gRPC, and over HTTP as",
      "GET /?nonce=<base64url>. No TLS: evidence proves itself.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyServiceCommand implements Callable<Integer> {
  static final String HEADER = "Hand out fresh evidence about this node.";

  private static final int MONITORING_PORT = 9183;

  @Mixin private EvidenceOptions evidence = new EvidenceOptions();
  @Mixin private RoleOptions role = new RoleOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = ":9090",
      converter = Address.class,
      description = "gRPC (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress listen = new InetSocketAddress(0);

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = ":8080",
      converter = Address.class,
      description = "HTTP (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress http = new InetSocketAddress(0);

  VerifyServiceCommand() {}

  @Override
  public Integer call() throws Exception {
    role.startLogging();
    var addresses = new VerifyServiceRole.Addresses(listen, http, role.monitoring(MONITORING_PORT));
    return RoleOptions.serve(
        new VerifyServiceRole(addresses, evidence.issuer(), PeerLimits.QUOTES));
  }
}
