package upstream

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// wellKnownNames are names that are imitated because everybody knows them; what
// a company itself uses a lot is added to them.
var wellKnownNames = map[string]string{
	"npm": `lodash react react-dom express axios chalk commander moment request debug async webpack typescript eslint prettier jquery bootstrap angular next vite rollup
		@babel/core @babel/runtime babel-core babel-loader rimraf mkdirp minimist yargs inquirer dotenv socket.io mongoose mongodb mysql redis cross-env node-fetch colors
		discord.js electron puppeteer playwright cheerio nodemailer passport body-parser cookie-parser jsonwebtoken bcrypt bcryptjs crypto-js ethers web3 styled-components
		react-router react-router-dom redux react-redux @reduxjs/toolkit tailwindcss postcss autoprefixer jest mocha sinon karma nodemon concurrently classnames underscore
		bluebird validator winston fs-extra semver tslib core-js zod uuid dayjs date-fns graphql @types/node @angular/core @nestjs/core svelte esbuild shelljs handlebars
		ts-node event-stream ua-parser-js node-sass sass-loader css-loader style-loader html-webpack-plugin storybook framer-motion three`,
	"pypi": `requests numpy pandas django flask scipy matplotlib boto3 botocore urllib3 setuptools pyyaml cryptography tensorflow torch scikit-learn sqlalchemy pillow beautifulsoup4
		selenium pytest fastapi pydantic celery redis psycopg2 psycopg2-binary pymongo paramiko jinja2 aiohttp httpx colorama python-dateutil certifi idna charset-normalizer
		attrs click tqdm virtualenv transformers openai langchain keras opencv-python discord.py pycryptodome pyjwt lxml gunicorn uvicorn black pylint mypy poetry tornado
		scrapy nltk spacy plotly seaborn jupyter notebook ipython protobuf grpcio google-api-python-client azure-storage-blob snowflake-connector-python web3 eth-account`,
	"cargo": `serde serde_json tokio clap rand reqwest hyper regex anyhow thiserror tracing futures chrono syn quote proc-macro2 libc log4rs env_logger itertools rayon
		diesel sqlx actix-web axum rocket rust_decimal crossbeam parking_lot once_cell lazy_static bitflags bytes base64 num-traits async-trait openssl rustls wasm-bindgen`,
	"gem": `rails rspec sinatra nokogiri devise sidekiq puma bundler activesupport activerecord actionpack rack-test faraday httparty rubocop capybara factory_bot mysql2 sqlite3
		redis-rb bootsnap carrierwave kaminari cancancan omniauth jekyll fastlane cocoapods aws-sdk aws-sdk-s3 json-jwt bcrypt`,
	"nuget": `newtonsoft.json serilog automapper moq xunit nunit dapper fluentvalidation fluentassertions mediatr polly nlog log4net entityframework restsharp
		stackexchange.redis swashbuckle.aspnetcore microsoft.extensions.logging microsoft.entityframeworkcore`,
}

// WellKnown lists widely known packages by their package URLs.
func WellKnown() (out []inventory.PURL) {
	for kind, names := range wellKnownNames {
		for _, name := range strings.Fields(names) {
			out = append(out, inventory.NewPURL(kind, name, ""))
		}
	}
	return out
}
