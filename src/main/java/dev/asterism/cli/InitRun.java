package dev.asterism.cli;

import dev.asterism.admin.AppraisalText;
import dev.asterism.admin.ClusterState;
import dev.asterism.admin.ComponentsFile;
import dev.asterism.admin.Endpoint;
import dev.asterism.admin.InitCluster;
import dev.asterism.admin.InitPlan;
import dev.asterism.admin.NodeException;
import dev.asterism.admin.NodeRefusedException;
import dev.asterism.admin.Workspace;
import dev.asterism.attestation.Appraisal;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The work of {@code init}. */
final class InitRun {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Pattern VERSION = Pattern.compile("v?([0-9]+\\.[0-9]+\\.[0-9]+)");

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  InitRun(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  int init(InitCommand given)
      throws IOException, MalformedException, NodeException, InterruptedException {
    var workspace = new Workspace(given.workspace);
    try (Secret initSecret = Inputs.secret("--init-secret-file", given.initSecretFile)) {
      ClusterState state =
          new InitCluster(new SecureRandom(), InstantSource.system(), this::progress)
              .run(plan(given, initSecret), workspace);
      print(state, workspace);
      return ExitCode.SUCCESS;
    } catch (NodeRefusedException e) {
      print(e.appraisal());
      return ExitCode.of(e.appraisal().verdict());
    }
  }

  private static InitPlan plan(InitCommand given, Secret initSecret) throws MalformedException {
    ObjectNode config = Inputs.json("--config", given.config);
    return new InitPlan(
        Endpoint.parse("--node-endpoint", given.endpoint, InitCluster.PORT),
        Inputs.policy(
            given.config,
            Platforms.of(VerifyRun.requiredVariant(given.variant, config), given.vendors.get()),
            config),
        initSecret,
        given.clusterName,
        version(given.kubernetesVersion),
        given.components == null
            ? List.of()
            : ComponentsFile.parse(
                given.components.toString(), Inputs.file("--components", given.components)),
        given.certSans,
        given.serviceCidr,
        given.conformance,
        given.timeout,
        PAUSE);
  }

  private static String version(String text) throws MalformedException {
    var form = VERSION.matcher(text);
    if (!form.matches()) {
      throw new MalformedException("--kubernetes-version", "is not a version like v1.33.2");
    }
    return "v" + form.group(1);
  }

  private synchronized void progress(String line) {
    err.println(line);
    err.flush();
  }

  private void print(ClusterState state, Workspace workspace) {
    if (json) {
      ObjectNode node = state.toJson();
      node.put("kubeconfig", workspace.kubeconfigFile().toString());
      node.put("masterSecret", workspace.masterSecretFile().toString());
      node.put("state", workspace.stateFile().toString());
      out.println(Json.line(node));
    } else {
      out.println("cluster id     " + state.clusterId());
      out.println("kubeconfig     " + workspace.kubeconfigFile());
      out.println("master secret  " + workspace.masterSecretFile() + " (keep it safe)");
      out.println("state          " + workspace.stateFile());
      out.println();
      out.println("INITIALISED  " + state.clusterName());
    }
    out.flush();
  }

  private void print(Appraisal appraisal) {
    if (json) {
      out.println(Json.line(appraisal.toJson()));
    } else {
      out.print(AppraisalText.of(appraisal));
    }
    out.flush();
  }
}
