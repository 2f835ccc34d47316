// Logs in to PostgreSQL through its proxy and returns who it is there and which server answers. Put your own code in
// its place: with a driver, or as here with nothing but what the runtime has.
//
// Environment: DB_HOST, DB_USER, and if they differ from the defaults DB_PORT and DB_NAME. With DB_SECRET_ARN it logs
// in with the user name and password in that secret, without it as DB_USER with an IAM token.
//
// The certificate of RDS Proxy comes from Amazon Trust Services, which the runtime trusts. That of a database comes
// from the RDS authority, which it does not trust: to connect past the proxy, ship
// https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and pass its text as `ca` to `tls.connect`.

const crypto = require("node:crypto");
const net = require("node:net");
const tls = require("node:tls");
const { once } = require("node:events");

const HOST = process.env.DB_HOST;
const PORT = Number(process.env.DB_PORT ?? 5432);
const DATABASE = process.env.DB_NAME ?? "postgres";
const CONNECT_MILLISECONDS = 5000;

exports.handler = async (event, context) => {
  // One second less than the function has, so that the reason is told and not only that time ran out.
  const left = () => Math.max(1000, context.getRemainingTimeInMillis() - 1000);
  const { user, password } = await credentials(Math.min(CONNECT_MILLISECONDS, Math.floor(left() / 3)));
  const plain = await connect(Math.min(CONNECT_MILLISECONDS, left()));
  const signal = AbortSignal.timeout(left());
  let connection = plain;
  try {
    connection = await encrypt(plain, signal);
    const session = new Session(connection, signal);
    await session.logIn(user, password);
    const [there, server] = await session.query("SELECT current_user, version()");
    return { user: there, server };
  } catch (error) {
    if (error.code === "ECONNRESET") throw new Error(`${HOST} closed the connection`);
    if (error.name !== "AbortError") throw error;
    const late = "took the connection and then gave no answer in time: does the proxy reach the database?";
    throw new Error(`${HOST}:${PORT} ${late}`);
  } finally {
    connection.destroy();
  }
};

async function credentials(milliseconds) {
  const arn = process.env.DB_SECRET_ARN;
  if (!arn) return { user: process.env.DB_USER, password: token(process.env.DB_USER) };
  const { SecretsManagerClient, GetSecretValueCommand } = require("@aws-sdk/client-secrets-manager");
  // A short wait: without a way to Secrets Manager there is no answer at all.
  const requestHandler = { connectionTimeout: milliseconds, requestTimeout: milliseconds };
  const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  const { username, password } = JSON.parse(SecretString);
  return { user: username, password };
}

/** An IAM token: a request to connect, signed (Signature Version 4) with the function's own credentials, never sent. */
function token(user) {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key } = process.env;
  const session = process.env.AWS_SESSION_TOKEN;
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/rds-db/aws4_request`;
  const query = Object.entries({
    Action: "connect",
    DBUser: user,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${id}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": "900",
    ...(session && { "X-Amz-Security-Token": session }),
    "X-Amz-SignedHeaders": "host",
  }).map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/[!'()*]/g, percent)}`);
  const empty = sha256("").toString("hex");
  const request = ["GET", "/", query.join("&"), `host:${HOST}:${PORT}`, "", "host", empty].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request).toString("hex")].join("\n");
  const signing = scope.split("/").reduce((secret, part) => hmac(secret, part), `AWS4${key}`);
  return `${HOST}:${PORT}/?${query.join("&")}&X-Amz-Signature=${hmac(signing, text).toString("hex")}`;
}

async function connect(milliseconds) {
  const socket = net.connect({ host: HOST, port: PORT });
  socket.on("error", () => {}); // One that comes between two waits: the next wait tells.
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(milliseconds) });
    return socket;
  } catch (error) {
    socket.destroy();
    if (error.code === "ENOTFOUND") throw new Error(`${HOST} has no address: is it the proxy's endpoint?`);
    if (error.name !== "AbortError") throw new Error(`no way to ${HOST}:${PORT}: ${error.code}`);
    throw new Error(`no answer from ${HOST}:${PORT}: do the security groups of both ends admit it?`);
  }
}

async function encrypt(plain, signal) {
  plain.write(integers(8, 80877103));
  if ((await read(plain, 1, signal)).toString() !== "S") throw new Error(`${HOST}:${PORT} offers no TLS`);
  const connection = tls.connect({ socket: plain, servername: HOST });
  connection.on("error", () => {});
  try {
    await once(connection, "secureConnect", { signal });
    return connection;
  } catch (error) {
    connection.destroy();
    if (error.name === "AbortError") throw error;
    if (!connection.authorizationError) throw new Error(`TLS with ${HOST}:${PORT} failed: ${error.message}`);
    throw new Error(`the certificate of ${HOST} is not trusted: ${error.message}`);
  }
}

class Session {
  constructor(connection, signal) {
    Object.assign(this, { connection, signal });
  }

  async logIn(user, password) {
    this.send("", Buffer.concat([integers(196608), Buffer.from(`user\0${user}\0database\0${DATABASE}\0\0`)]));
    for (let message; (message = await this.receive()).kind !== "Z"; ) {
      const { kind, body } = message;
      if (kind === "R") await this.authenticate(body.readInt32BE(), body.subarray(4), user, password);
    }
  }

  async authenticate(way, data, user, password) {
    if (way === 3) {
      this.send("p", `${password}\0`); // In clear, inside TLS: how IAM tokens travel.
    } else if (way === 5) {
      this.send("p", `md5${md5(Buffer.concat([Buffer.from(md5(password + user)), data]))}\0`);
    } else if (way === 10 && data.toString().split("\0").includes("SCRAM-SHA-256")) {
      await this.scram(password);
    } else if (way !== 0) {
      throw new Error(`${HOST} wants a way to log in that this function does not know: ${way}`);
    }
  }

  /** RFC 5802, without channel binding: the certificate was verified. */
  async scram(password) {
    const nonce = crypto.randomBytes(18).toString("base64");
    const own = `n=,r=${nonce}`;
    const first = [Buffer.from("SCRAM-SHA-256\0"), integers(own.length + 3), Buffer.from(`n,,${own}`)];
    this.send("p", Buffer.concat(first));
    const theirs = (await this.receive()).body.subarray(4).toString();
    const given = Object.fromEntries(theirs.split(",").map((part) => [part[0], part.slice(2)]));
    if (!given.r.startsWith(nonce)) throw new Error(`${HOST} answers another login than this one`);
    const last = `c=biws,r=${given.r}`;
    const signed = `${own},${theirs},${last}`;
    const salted = crypto.pbkdf2Sync(password, Buffer.from(given.s, "base64"), Number(given.i), 32, "sha256");
    const key = hmac(salted, "Client Key");
    const signature = hmac(sha256(key), signed);
    this.send("p", `${last},p=${key.map((byte, n) => byte ^ signature[n]).toString("base64")}`);
    const verifier = (await this.receive()).body.subarray(4).toString();
    if (verifier !== `v=${hmac(hmac(salted, "Server Key"), signed).toString("base64")}`) {
      throw new Error(`${HOST} does not know the password itself`);
    }
  }

  /** The first row. */
  async query(text) {
    this.send("Q", `${text}\0`);
    let row;
    for (let message; (message = await this.receive()).kind !== "Z"; ) {
      if (message.kind === "D") row ??= columns(message.body.subarray(2));
    }
    this.send("X", "");
    return row;
  }

  send(kind, body) {
    const bytes = Buffer.from(body);
    this.connection.write(Buffer.concat([Buffer.from(kind), integers(bytes.length + 4), bytes]));
  }

  async receive() {
    const head = await read(this.connection, 5, this.signal);
    const kind = head.toString("latin1", 0, 1);
    const body = await read(this.connection, head.readInt32BE(1) - 4, this.signal);
    if (kind !== "E") return { kind, body };
    const fields = Object.fromEntries(body.toString().split("\0").map((field) => [field[0], field.slice(1)]));
    throw new Error(`${HOST} refuses: ${fields.M} (${fields.C})`);
  }
}

function columns(data) {
  if (data.length === 0) return [];
  const size = data.readInt32BE();
  const value = size < 0 ? null : data.toString("utf8", 4, 4 + size);
  return [value, ...columns(data.subarray(4 + Math.max(size, 0)))];
}

/** So many bytes, when they have come. */
async function read(socket, length, signal) {
  for (let bytes = Buffer.alloc(0); ; await once(socket, "readable", { signal })) {
    if (length === 0) return bytes;
    bytes = socket.read(length);
    if (bytes?.length === length) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error(`${HOST} closed the connection`);
  }
}

const percent = (character) => `%${character.charCodeAt().toString(16).toUpperCase()}`;
const integers = (...numbers) => Buffer.concat(numbers.map((n) => Buffer.from(new Uint32Array([n]).buffer).swap32()));
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
const md5 = (bytes) => crypto.createHash("md5").update(bytes).digest("hex");
const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest();
