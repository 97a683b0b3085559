package dev.asterism.cli;

import dev.asterism.admin.AppraisalText;
import dev.asterism.admin.Endpoint;
import dev.asterism.admin.NodeException;
import dev.asterism.admin.NodeRefusedException;
import dev.asterism.admin.RecoverNodes;
import dev.asterism.admin.RecoverNodes.Result;
import dev.asterism.admin.Workspace;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.MasterSecret;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The recover verb at work, and what it prints. */
final class RecoverRun {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  RecoverRun(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  int recover(RecoverCommand given)
      throws IOException, MalformedException, NodeException, InterruptedException {
    var workspace = new Workspace(given.workspace);
    if (!Files.exists(workspace.masterSecretFile())) {
      throw new MalformedException(
          "--workspace",
          workspace.masterSecretFile()
              + " does not exist: without the master secret nothing opens");
    }
    ObjectNode config = Inputs.json("--config", given.config);
    MasterSecret master = MasterSecret.fromJson(workspace.masterSecretFile());
    try (Secret _ = master.key()) {
      var plan =
          new RecoverNodes.Plan(
              endpoints(given, workspace),
              Inputs.policy(
                  given.config,
                  Platforms.of(
                      VerifyRun.requiredVariant(given.variant, config), given.vendors.get()),
                  config),
              master,
              given.wait,
              given.timeout);
      return print(new RecoverNodes(InstantSource.system(), this::progress).run(plan));
    }
  }

  private static List<Endpoint> endpoints(RecoverCommand given, Workspace workspace)
      throws IOException, MalformedException {
    var endpoints = new ArrayList<Endpoint>();
    for (String text : given.endpoints) {
      endpoints.add(Endpoint.parse("--node-endpoint", text, RecoverNodes.PORT));
    }
    if (endpoints.isEmpty()) {
      String initialised =
          workspace
              .state()
              .orElseThrow(() ->
                  new MalformedException(
                      "--node-endpoint", "is needed: the workspace remembers no cluster"))
              .endpoint();
      endpoints.add(
          new Endpoint(
              Endpoint.parse("endpoint", initialised, RecoverNodes.PORT).host(),
              RecoverNodes.PORT));
    }
    return endpoints;
  }

  private synchronized void progress(String line) {
    err.println(line);
    err.flush();
  }

  private int print(List<Result> results) {
    int recovered = results.stream().mapToInt(Result::recovered).sum();
    int exit = recovered > 0 ? ExitCode.SUCCESS : ExitCode.FAILURE;
    ObjectNode report = Json.newObject().put("recovered", recovered);
    var nodes = report.putArray("endpoints");
    for (Result result : results) {
      ObjectNode node =
          nodes
              .addObject()
              .put("endpoint", result.endpoint().toString())
              .put("recovered", result.recovered());
      Exception failure = result.failure();
      if (failure == null) {
        if (result.recovered() == 0 && !json) {
          out.println("nobody waits at " + result.endpoint());
        }
        continue;
      }
      node.put("failure", Failures.oneLine(failure));
      if (failure instanceof NodeRefusedException refused) {
        exit = Math.max(exit, ExitCode.of(refused.appraisal().verdict()));
        node.set("appraisal", refused.appraisal().toJson());
        if (!json) {
          out.print(AppraisalText.of(refused.appraisal()));
        }
      } else {
        exit = Math.max(exit, ExitCode.FAILURE);
      }
      if (!json) {
        out.println(Failures.oneLine(failure));
      }
    }
    out.println(
        json
            ? Json.line(report)
            : "recovered " + recovered + (recovered == 1 ? " control plane" : " control planes"));
    out.flush();
    return exit;
  }
}
